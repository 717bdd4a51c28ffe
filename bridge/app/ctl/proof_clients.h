/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Proofs of what becomes of clients: of one id, that are killed, that say goodbye, that are silent. Each adds its
 * finding. They leave what is retained at lead/state, will/killed, will/goodbye, will/late and silence. */

#include "proving.h"

void glow_proof_takeover(struct glow_proving *p);
void glow_proof_will(struct glow_proving *p);
void glow_proof_goodbye(struct glow_proving *p);
void glow_proof_silence(struct glow_proving *p);

/** The silence that glow_proof_silence() waits for; before the other proofs, since it takes seconds. Between them it is
 * looked whether it has been noticed, at most for so long. */
void glow_proof_begin_silence(struct glow_proving *p);
void glow_proof_look_silence(struct glow_proving *p, unsigned wait_ms);
