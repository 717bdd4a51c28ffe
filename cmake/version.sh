#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# version.sh: this project's version, for scripts; CMakeLists.txt is where it stands.
sed -n 's/^project(glowswarm VERSION \([0-9.]*\).*/\1/p' "$(dirname "$0")/../CMakeLists.txt"
