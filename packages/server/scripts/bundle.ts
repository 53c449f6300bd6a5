// Puts the command `flawless` and all that it loads into a few files, in dist/bundle: a server that need not look for
// hundreds of modules is ready in half the time. To be run after the build; bin/flawless.js takes a bundle only while
// what it was made of is no newer. `--out DIR` puts it elsewhere.

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const { values: options } = parseArgs({
  options: { out: { type: "string", default: join(dist, "bundle") } },
});
const { out } = options;
const packages = fileURLToPath(new URL("../../", import.meta.url));

// Beside the command, the threads: they are started by the path of their file.
const input = {
  main: join(dist, "cli/main.js"),
  "executor/executor-thread": join(dist, "executor/executor-thread.js"),
  "journal/sqlite-thread": join(dist, "journal/sqlite-thread.js"),
};

// Fastify loads it at once, though no service here speaks HTTP/2.
const http2 = "\0http2";

rmSync(out, { recursive: true, force: true });
const bundle = await rolldown({
  input,
  platform: "node",
  // What builds modules needs files beside its own, and no server needs it.
  external: [/^@flawless-ts\/wasm-module\/build$/, "rolldown"],
  plugins: [
    { name: "places", transform: (code, id) => keepPlace(code, id) },
    {
      name: "no-http2",
      resolveId: (source) => (source === "node:http2" ? http2 : null),
      load: (id) => (id === http2 ? whenAsked("node:http2") : null),
    },
  ],
  logLevel: "warn",
});
const { output } = await bundle.write({
  dir: out,
  format: "esm",
  entryFileNames: "[name].js",
  // Not in a folder: the threads are looked for beside the file that starts them.
  chunkFileNames: "[name]-[hash].js",
});
await bundle.close();

const modules = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
writeFileSync(join(out, "made-of.json"), `${JSON.stringify(ownPackages())}\n`);
writeFileSync(join(out, "licenses.txt"), licenses());

/** The code of a module that stands for one of Node's, and loads that only when something in it is asked for. */
function whenAsked(name: string): string {
  const module = `process.getBuiltinModule(${JSON.stringify(name)})`;
  return `module.exports = new Proxy({}, { get: (_, key) => ${module}[key] });`;
}

/** Lets a module find the files beside it as if it were still where it was. Threads are looked for in the bundle. */
function keepPlace(code: string, id: string): string | undefined {
  const isOurs = id.startsWith(packages) && id !== join(dist, "start-thread.js");
  if (!isOurs || !code.includes("import.meta.url")) {
    return undefined;
  }
  const place = JSON.stringify(relative(out, id));
  return code.replaceAll("import.meta.url", `new URL(${place}, import.meta.url).href`);
}

/** The record of the last build of each of this repository's packages that is in the bundle, seen from there. */
function ownPackages(): readonly string[] {
  const names = modules.map((id) => /^([\w-]+)\/dist\//.exec(relative(packages, id))?.[1]);
  return [...new Set(names)]
    .filter((name) => name !== undefined)
    .map((name) => relative(out, join(packages, name, "dist/.tsbuildinfo")))
    .toSorted();
}

/** The licenses of the libraries in the bundle ask for their text to go with each copy. */
function licenses(): string {
  const folders = modules.map((id) => /^.*\/node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0]);
  return [...new Set(folders)]
    .filter((folder) => folder !== undefined)
    .toSorted()
    .map((folder) => `${titleOf(folder)}\n\n${licenseOf(folder)}`)
    .join(`\n${"-".repeat(80)}\n\n`);
}

function titleOf(folder: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as Readonly<Record<"name" | "version" | "license", string>>;
  return `${name} ${version} (${license})`;
}

function licenseOf(folder: string): string {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  return file === undefined ? "" : readFileSync(join(folder, file), "utf8");
}
