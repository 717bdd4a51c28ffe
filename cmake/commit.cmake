# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# cmake -DSOURCE=<folder> -DOUT=<file.c> [-DGIVEN=<text>] -P commit.cmake: writes which commit the
# sources are. It runs in each build, since what a configuration noted is stale after the next
# commit, and touches the file only when it says something else.

cmake_minimum_required(VERSION 3.22)
set(commit "${GIVEN}")
if(commit STREQUAL "" AND EXISTS "${SOURCE}/.git")
  # Naming the folder keeps git from taking a repository around this one, or that of the hook which
  # builds. It also leaves out the question who owns it: whoever builds a tree runs its files anyway.
  set(git git --git-dir=${SOURCE}/.git --work-tree=${SOURCE} --no-optional-locks)
  unset(ENV{GIT_INDEX_FILE})
  execute_process(COMMAND ${git} rev-parse --verify HEAD WORKING_DIRECTORY ${SOURCE}
                  RESULT_VARIABLE failed OUTPUT_VARIABLE head ERROR_QUIET)
  if(failed EQUAL 0)
    # Cut here: how many digits git takes for a short name depends on how much it has cloned.
    string(SUBSTRING "${head}" 0 7 commit)
    execute_process(COMMAND ${git} status --porcelain --untracked-files=no WORKING_DIRECTORY ${SOURCE}
                    RESULT_VARIABLE failed OUTPUT_VARIABLE changes ERROR_QUIET)
    if(changes OR NOT failed EQUAL 0)
      string(APPEND commit "+")
    endif()
  endif()
endif()

file(CONFIGURE OUTPUT "${OUT}" @ONLY CONTENT "/* Written by cmake/commit.cmake. */
#include <glow/config.h>
const char glow_commit[] = \"${commit}\";
")
