# SPDX-License-Identifier: MIT
# Builds for a Raspberry Pi's processor with Debian's cross compilers, and runs the tests by qemu-user:
#
#   tests/cross/sysroot.sh armel build/cross/armel/sysroot
#   cmake -S . -B build/armel --toolchain cmake/cross.cmake -DGLOW_ARCH=armel \
#         -DGLOW_SYSROOT=$PWD/build/cross/armel/sysroot
#
# GLOW_ARCH is Debian's name. The processor is that of the oldest Pi which the architecture is for, here
# as in tests/cross/emulate.sh, so an instruction which that Pi lacks ends a test:
#
#   arm64   Pi 3 and later
#   armhf   Pi 2 and later
#   armel   Pi 1 and Zero. Debian's armhf wants ARMv7. What it has for ARMv6 passes floating-point numbers
#           in integer registers, but may compute with the Pi's VFP ("softfp").
#   amd64   no Pi, but the container images are built alike for all
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES GLOW_ARCH GLOW_SYSROOT)

if(GLOW_ARCH STREQUAL "amd64")
  set(CMAKE_SYSTEM_PROCESSOR x86_64)
  set(CMAKE_LIBRARY_ARCHITECTURE x86_64-linux-gnu)
elseif(GLOW_ARCH STREQUAL "arm64")
  set(CMAKE_SYSTEM_PROCESSOR aarch64)
  set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
  set(CMAKE_C_FLAGS_INIT "-mcpu=cortex-a53")
elseif(GLOW_ARCH STREQUAL "armhf")
  set(CMAKE_SYSTEM_PROCESSOR armv7l)
  set(CMAKE_LIBRARY_ARCHITECTURE arm-linux-gnueabihf)
  set(CMAKE_C_FLAGS_INIT "-mcpu=cortex-a7")
elseif(GLOW_ARCH STREQUAL "armel")
  set(CMAKE_SYSTEM_PROCESSOR armv6l)
  set(CMAKE_LIBRARY_ARCHITECTURE arm-linux-gnueabi)
  set(CMAKE_C_FLAGS_INIT "-mcpu=arm1176jzf-s -mfloat-abi=softfp")
else()
  message(FATAL_ERROR "GLOW_ARCH must be amd64, arm64, armhf or armel, got '${GLOW_ARCH}'")
endif()

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSROOT ${GLOW_SYSROOT})
set(CMAKE_C_COMPILER ${CMAKE_LIBRARY_ARCHITECTURE}-gcc)
set(CMAKE_CROSSCOMPILING_EMULATOR ${CMAKE_CURRENT_LIST_DIR}/../tests/cross/emulate.sh ${GLOW_ARCH} ${GLOW_SYSROOT})

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${GLOW_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR}
    ${GLOW_SYSROOT}/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/pkgconfig:${GLOW_SYSROOT}/usr/share/pkgconfig)
