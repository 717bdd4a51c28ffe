// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* wasi.mjs <program.wasm> <folder> [argument…]: a program that was compiled to WebAssembly, on this console. It sees
 * the folder as "/effects", and the environment. */

import { readFileSync } from "node:fs";
import { argv, env } from "node:process";
import { WASI } from "node:wasi";

const [program, folder, ...args] = argv.slice(2);
const wasi = new WASI({ version: "preview1", args: [program, ...args], env, preopens: { "/effects": folder } });
const { instance } = await WebAssembly.instantiate(readFileSync(program), { wasi_snapshot_preview1: wasi.wasiImport });
process.exitCode = wasi.start(instance);
