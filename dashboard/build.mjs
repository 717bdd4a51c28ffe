// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Static files into dist/: the bundle, its styles, beside it the further views and the editor, which are loaded later, what
 * lies in static/, the core, which wasm/build.sh has made, the effects in text that are shipped, the licences of what others
 * wrote of it, and the worker that has these files where the server is away. */

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL(".", import.meta.url)));

/** The licence texts of the packages that the page is made of. */
function licences() {
	const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
	const shipped = Object.entries(packages).filter(([path, one]) => path && !one.dev && existsSync(path));
	const texts = shipped.map(([path, { version, license }]) => {
		const file = readdirSync(path).find((name) => /^licen[cs]e/i.test(name));
		const text = file ? readFileSync(`${path}/${file}`, "utf8") : license;
		return `${path.replace(/.*node_modules\//, "")} ${version}\n\n${text.trim()}\n`;
	});
	const libc = "/usr/share/doc/wasi-libc/copyright";
	if (existsSync(libc)) texts.push(`wasi-libc\n\n${readFileSync(libc, "utf8").trim()}\n`);
	return texts.join(`\n${"-".repeat(72)}\n\n`);
}

/** The shipped effects in text; a comment in the first line is what a list says of one. */
function examples() {
	const names = readdirSync("../effects").filter((file) => file.endsWith(".glow")).sort();
	return names.map((file) => {
		const text = readFileSync(`../effects/${file}`, "utf8");
		return { name: file.slice(0, -".glow".length), what: /^#\s*(.*)/.exec(text)?.[1] ?? "", text };
	});
}

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
cpSync("static", "dist", { recursive: true });
cpSync("../build/dashboard/glow.wasm", "dist/glow.wasm");
writeFileSync("dist/licences.txt", licences());
writeFileSync("dist/effects.json", JSON.stringify(examples()));
const { metafile } = await build({
	entryPoints: ["src/main.tsx"],
	outdir: "dist",
	bundle: true,
	splitting: true,
	chunkNames: "[name]-[hash]",
	minify: true,
	format: "esm",
	target: "es2022",
	jsx: "automatic",
	jsxImportSource: "preact",
	define: { global: "globalThis" },
	legalComments: "none",
	logLevel: "warning",
	metafile: true,
});

/* The bundler makes styles for what is loaded later, too, but nothing links them: App has them all in main.css. */
for (const name of readdirSync("dist")) if (/-.*\.css$/.test(name)) rmSync(`dist/${name}`);

/* What main.js begins with is asked for together with it, and not only when that has been read. */
const first = metafile.outputs["dist/main.js"].imports.filter(({ kind }) => kind === "import-statement");
const links = first.map(({ path }) => `<link rel="modulepreload" href="${path.slice("dist/".length)}">\n`).join("");
writeFileSync("dist/index.html", readFileSync("dist/index.html", "utf8").replace("<script", `${links}<script`));

/* The files that the page opens with; an editor is no use without a broker. */
const files = readdirSync("dist").filter((name) => !/^editor|^effects|^licences|^index|\.png$/.test(name));
const hash = createHash("sha256");
for (const name of ["index.html", ...files]) hash.update(name).update(readFileSync(`dist/${name}`));
await build({
	entryPoints: { sw: "src/worker.ts" },
	outdir: "dist",
	bundle: true,
	minify: true,
	format: "iife",
	target: "es2022",
	define: { FILES: JSON.stringify(["./", ...files]), VERSION: JSON.stringify(`glowswarm-${hash.digest("hex").slice(0, 16)}`) },
	legalComments: "none",
	logLevel: "warning",
});
