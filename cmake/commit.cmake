# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# cmake -DSOURCE=<folder> -DOUT=<file.c> [-DGIVEN=<text>] -P commit.cmake: writes which commit the
# sources are. It runs in each build, since what a configuration noted is stale after the next
# commit, and touches the file only when it says something else.

cmake_minimum_required(VERSION 3.22)
set(commit "${GIVEN}")
if(commit STREQUAL "")
  execute_process(COMMAND /bin/sh ${CMAKE_CURRENT_LIST_DIR}/commit.sh ${SOURCE}
                  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
file(CONFIGURE OUTPUT "${OUT}" @ONLY CONTENT "/* Written by cmake/commit.cmake. */
#include <glow/config.h>
const char glow_commit[] = \"${commit}\";
")
