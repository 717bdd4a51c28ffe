/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Proofs of how a broker passes messages on and keeps them. Each adds its finding. */

#include "proving.h"

/** So many messages are left retained at the topics kept/1 and on; others at large, cleared/1, cleared/2, replay and
 * flag. */
#define GLOW_PROOF_MANY 200

void glow_proof_trips(struct glow_proving *p);
void glow_proof_order(struct glow_proving *p);
void glow_proof_answers(struct glow_proving *p);
void glow_proof_large(struct glow_proving *p);
void glow_proof_retained(struct glow_proving *p);
void glow_proof_cleared(struct glow_proving *p);
void glow_proof_replay(struct glow_proving *p);
void glow_proof_flag(struct glow_proving *p);
void glow_proof_own(struct glow_proving *p);
void glow_proof_follow(struct glow_proving *p);
void glow_proof_shared(struct glow_proving *p);
