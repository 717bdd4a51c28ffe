# SPDX-License-Identifier: MIT
# Builds for arm64 with clang and lld against the Debian 13 files in GLOW_SYSROOT (prepare.sh).
# A cross gcc would bring its own, older libc; clang takes everything from the sysroot.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES GLOW_SYSROOT)

set(CMAKE_SYSROOT ${GLOW_SYSROOT})
set(CMAKE_C_COMPILER clang)
set(CMAKE_C_COMPILER_TARGET aarch64-linux-gnu)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_EXE_LINKER_FLAGS_INIT -fuse-ld=lld)

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${GLOW_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR} ${GLOW_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${GLOW_SYSROOT}/usr/share/pkgconfig)
