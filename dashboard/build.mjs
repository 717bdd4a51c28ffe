// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Static files into dist/: the bundle, its styles, what lies in static/, and the core, which wasm/build.sh has made. */

import { build } from "esbuild";
import { cpSync, mkdirSync, rmSync } from "node:fs";

process.chdir(new URL(".", import.meta.url).pathname);
rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
cpSync("static", "dist", { recursive: true });
cpSync("../build/dashboard/glow.wasm", "dist/glow.wasm");
await build({
	entryPoints: ["src/main.tsx"],
	outdir: "dist",
	bundle: true,
	minify: true,
	format: "esm",
	target: "es2022",
	jsx: "automatic",
	jsxImportSource: "preact",
	define: { global: "globalThis" },
	logLevel: "warning",
});
