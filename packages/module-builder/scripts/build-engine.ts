// Builds the JavaScript engine of workflows written in TypeScript. Options: `--out DIR` writes it there
// instead of `engine/`; `--check` builds nothing and verifies that the file belongs to the sources.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  currentEngineRecord,
  engineDirectory,
  staleEngine,
} from "../src/testing/engine-sources.ts";
import { fixtureProblems } from "@flawless-ts/test-helpers/fixture-problems";
import { deferTables, tableLinkerFlags } from "./defer-tables.ts";
import { buildWorkspace } from "@flawless-ts/test-helpers/rust-toolchain";

const { values: options } = parseArgs({
  options: { out: { type: "string" }, check: { type: "boolean", default: false } },
});
// npm runs scripts in the package's directory; a path is meant from where the user typed it.
const directory = options.out
  ? resolve(process.env["INIT_CWD"] ?? process.cwd(), options.out)
  : engineDirectory;

if (!options.check) {
  const targetDirectory = resolve(engineDirectory, process.env["CARGO_TARGET_DIR"] ?? "target");
  const mapFile = join(targetDirectory, "engine.map");
  const built = buildWorkspace(engineDirectory, {
    rustFlags: [
      // The build of a module looks at the stack pointer to know that its snapshot is whole.
      ...["-C", "link-arg=--export=__stack_pointer"],
      ...tableLinkerFlags(mapFile),
    ],
    environment: clangEnvironment(),
  });
  mkdirSync(directory, { recursive: true });
  const linked = new Uint8Array(readFileSync(join(built, "engine.wasm")));
  const engine = deferTables(linked, readFileSync(mapFile, "utf8"));
  writeFileSync(join(directory, "engine.wasm"), engine);
  const record = currentEngineRecord(directory);
  writeFileSync(join(directory, "sources.json"), `${JSON.stringify(record, undefined, 2)}\n`);
}

const bytes = new Uint8Array(readFileSync(join(directory, "engine.wasm")));
const problems = [...staleEngine(directory), ...fixtureProblems(bytes)];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`engine.wasm in ${directory} belongs to the sources`);

/** QuickJS is written in C: Debian's clang 14 and its archiver, where they are, else what is on the PATH. */
function clangEnvironment(): Record<string, string> {
  const debian = ["/usr/bin/clang-14", "/usr/bin/llvm-ar-14"].every(existsSync);
  return {
    CC_wasm32_unknown_unknown: debian ? "clang-14" : "clang",
    AR_wasm32_unknown_unknown: debian ? "llvm-ar-14" : "llvm-ar",
    // All that it does in QuickJS-ng is to leave out its own pools of memory: engine/src/heap.rs takes their place.
    CFLAGS_wasm32_unknown_unknown: "-D__SANITIZE_ADDRESS__=1",
  };
}
