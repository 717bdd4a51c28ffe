#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The Glowswarm authors
# module.sh <file.c> <folder of unpacked linux-headers packages> <file.ko>: one file of the kernel's sources as a module for its
# arm64 build, by this machine's clang. The kernel's own makefiles would want its compiler for another machine, and programs
# of its packages. A module without checksums of what it uses taints a kernel, and that is all.
set -euo pipefail

source=$1 out=$3
name=$(basename "$out" .ko)
name=${name//-/_}
arch=$(echo "$2"/usr/src/linux-headers-*-arm64)
common=$(echo "$2"/usr/src/linux-headers-*-common)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/module.c" <<'EOF'
#define INCLUDE_VERMAGIC
#include <linux/module.h>
#include <linux/vermagic.h>

MODULE_INFO(vermagic, VERMAGIC_STRING);
MODULE_INFO(name, KBUILD_MODNAME);

struct module __this_module __section(".gnu.linkonce.this_module") = {
	.name = KBUILD_MODNAME,
	.init = init_module,
	.exit = cleanup_module,
	.arch = MODULE_ARCH_INIT,
};
EOF

flags=(--target=aarch64-linux-gnu -nostdinc -std=gnu11 -O2 -w -D__KERNEL__ -DMODULE -DKASAN_SHADOW_SCALE_SHIFT=
	"-DKBUILD_BASENAME=\"$name\"" "-DKBUILD_MODNAME=\"$name\""
	-ffreestanding -fno-strict-aliasing -fno-common -fshort-wchar -fno-pic -fno-stack-protector -fno-jump-tables
	-fno-delete-null-pointer-checks -fno-asynchronous-unwind-tables -mgeneral-regs-only)
for include in arch/arm64/include include; do
	flags+=("-I$common/$include" "-I$arch/$include" "-I$arch/$include/generated")
	flags+=("-I$common/$include/uapi" "-I$arch/$include/generated/uapi")
done
for header in compiler-version kconfig compiler_types; do
	flags+=(-include "linux/$header.h")
done
for file in "$source" "$work/module.c"; do
	clang "${flags[@]}" -c "$file" -o "$work/$(basename "$file").o"
done
ld.lld -r -m aarch64elf -T "$arch/arch/arm64/module.lds" "$work"/*.o -o "$out"
