/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A node as a file system: the part of /sys that GPIO needs, as a Pi has it,
 * and the file `control` (see vgpio_node_control() and _report()). */

#define FUSE_USE_VERSION 312
#include <fuse_lowlevel.h>

#include "node.h"

/** For fuse_session_new(); its userdata is a struct vgpio_node. One thread only. */
extern const struct fuse_lowlevel_ops vgpio_tree_ops;
