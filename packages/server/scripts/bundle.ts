// Puts the command `flawless` and all that it loads into a few files, in dist/bundle: a server that need not look for
// hundreds of modules is ready in half the time. To be run after the build; bin/flawless.js takes a bundle only while
// what it was made of is no newer. `--out DIR` puts it elsewhere.

import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";
import { licensesOf } from "../../../scripts/packages/licenses.ts";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const { values: options } = parseArgs({
  options: { out: { type: "string", default: join(dist, "bundle") } },
});
const { out } = options;
const packages = fileURLToPath(new URL("../../", import.meta.url));

// Beside the command, the threads: they are started by the path of their file.
const input = {
  main: join(dist, "cli/main.js"),
  "engines/engine-thread": join(dist, "engines/engine-thread.js"),
  "executor/executor-thread": join(dist, "executor/executor-thread.js"),
  "modules/inspector-thread": join(dist, "modules/inspector-thread.js"),
  "store/sqlite/sqlite-thread": join(dist, "store/sqlite/sqlite-thread.js"),
};

// Libraries load these at once, for what a server does later if ever: HTTP/2, HTTPS, compressed bodies, checks of the
// version that a plugin of Fastify wants.
const requiredWhenAsked = /\brequire\((["'])((?:node:)?(?:http2|https|zlib)|semver)\1\)/g;
// These take long to load. What is imported from them has to be functions that are called without `new`.
const importedWhenCalled = ["node:crypto", "node:tls", "node:child_process"];
// What no service here uses, by the end of the file's name that asks for it: prom-client sends no metrics to where nobody
// fetches them, and Fastify is told how to validate and serialize.
const unused: ReadonlyMap<string, readonly string[]> = new Map([
  ["prom-client/index.js", ["./lib/pushgateway"]],
  [
    "fastify/lib/schema-controller.js",
    ["@fastify/ajv-compiler", "@fastify/fast-json-stringify-compiler"],
  ],
]);

rmSync(out, { recursive: true, force: true });
const bundle = await rolldown({
  input,
  platform: "node",
  // What builds modules needs files beside its own, and no server needs it.
  external: ["@flawless-ts/module-builder"],
  plugins: [
    {
      name: "places-and-builtins",
      resolveId: (source, importer) =>
        isUnused(source, importer) ? "\0unused" : unbundledLibrary(source),
      load: (id) => (id === "\0unused" ? "" : null),
      transform: (code, id) => loadWhenAsked(keepPlace(code, id)),
      renderChunk: (code) => importBuiltins(code),
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
writeFileSync(join(out, "licenses.txt"), licensesOf(modules));

/** The libraries of http-service are taken as they are, so that parts can be left out of them. */
function unbundledLibrary(source: string): string | null {
  const [, name] = /^(?:#libraries|@flawless-ts\/http-service)\/(.*)$/.exec(source) ?? [];
  const file = join(packages, `http-service/dist/libraries/${name}.js`);
  return name !== undefined && existsSync(file) ? file : null;
}

function isUnused(source: string, importer = ""): boolean {
  return [...unused].some(([file, parts]) => importer.endsWith(file) && parts.includes(source));
}

/** Lets a library have some modules without loading them before it reads something of them. */
function loadWhenAsked(code: string): string {
  return code.replaceAll(requiredWhenAsked, (required) => whenRead(required));
}

/** The code of an object whose properties are those of `module`, which is loaded when the first of them is read. */
function whenRead(module: string): string {
  return `new Proxy({}, { get: (_, key) => ${module}[key] })`;
}

/** Takes Node's modules without `import`, which would read all of their exports, and for some of them load more. */
function importBuiltins(code: string): string {
  return code.replaceAll(
    /^import (?:(\w[\w$]*)(?:, )?)?(?:\{([^}]*)\} )? ?(?:from )?"(node:[\w/]+)";$/gm,
    (_, whole: string | undefined, names: string | undefined, module: string) => {
      const taken = `process.getBuiltinModule("${module}")`;
      const isLate = importedWhenCalled.includes(module);
      const taker = isLate ? whenCalled : atOnce;
      return [
        ...(whole === undefined ? [] : [`const ${whole} = ${isLate ? whenRead(taken) : taken};`]),
        ...(names === undefined ? [] : [taker(names, taken)]),
      ].join(" ");
    },
  );
}

function atOnce(names: string, module: string): string {
  return `const {${names.replaceAll(" as ", ": ")}} = ${module};`;
}

function whenCalled(names: string, module: string): string {
  return names
    .split(",")
    .map((each) => {
      const [name = "", local = name] = each.trim().split(" as ");
      return `const ${local} = (...args) => ${module}.${name}(...args);`;
    })
    .join(" ");
}

/** Lets a module find the files beside it as if it were still where it was. Threads are looked for in the bundle. */
function keepPlace(code: string, id: string): string {
  const isOurs = id.startsWith(packages) && id !== join(dist, "start-thread.js");
  if (!isOurs || !code.includes("import.meta.url")) {
    return code;
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
