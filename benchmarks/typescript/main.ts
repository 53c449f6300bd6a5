import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { buildModule } from "@flawless-ts/module-builder";
import { measureMemory, type InstanceMemory } from "./memory.ts";
import { formatDocument, type Results } from "./report.ts";
import { measureSleepersInServer } from "./server-memory.ts";
import { measureSideBySide } from "./side-by-side.ts";
import { measureSpeed } from "./speed.ts";

// Compares workflows in TypeScript with workflows in Rust, and writes docs/benchmarks-typescript.md.

const document = fileURLToPath(new URL("../../docs/benchmarks-typescript.md", import.meta.url));
const entry = fileURLToPath(new URL("fifty-lines.ts", import.meta.url));
const rustFile = fileURLToPath(
  import.meta.resolve("@flawless-ts/wasm-module/fixtures/conformance.wasm"),
);

/** Each in its own process: the first build in a process loads the bundler and compiles the engine. */
function measureBuilds(types: boolean): readonly number[] {
  const file = fileURLToPath(new URL("build-child.ts", import.meta.url));
  const output = execFileSync(process.execPath, [file, entry, String(types)], { encoding: "utf8" });
  return JSON.parse(output) as number[];
}

console.error("measuring builds ...");
const builds = { withTypes: measureBuilds(true), withoutTypes: measureBuilds(false) };
const { wasm } = await buildModule({ entry });
const rust = new Uint8Array(await readFile(rustFile));
console.error("measuring memory ...");
const memory: { readonly typescript: InstanceMemory; readonly rust: InstanceMemory } = {
  typescript: await measureMemory(wasm),
  rust: await measureMemory(rust),
};
const sleepers = {
  typescript: await measureSleepersInServer(wasm),
  rust: await measureSleepersInServer(rust),
};
console.error("measuring speed ...");
const speed = await measureSpeed({ typescript: wasm, rust });
const sideBySide = await measureSideBySide();

const results: Results = {
  date: new Date(),
  machine: `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores`,
  moduleBytes: wasm.length,
  builds,
  memory,
  sleepers,
  speed,
  sideBySide,
};
const text = formatDocument(results);
console.log(text);
await writeFile(document, text);
process.exit(0);
