// Builds the WASI fixtures from C and Rust. Options: `--out DIR` writes them there instead of
// `fixtures/wasm`; `--check` builds nothing and verifies that the files belong to the sources.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { wasiFixtureProblems } from "../src/testing/wasi-fixture-problems.ts";
import {
  currentRecords,
  fixtureSources,
  sourcesFile,
  staleFixtures,
} from "../src/testing/wasi-fixture-sources.ts";
import { wasiFixtureNames } from "../src/testing/wasi-fixtures.ts";
import type { WasiFixtureName } from "../src/testing/wasi-fixtures.ts";
import { buildProgram } from "./c-toolchain.ts";
import { buildWorkspace } from "./rust-toolchain.ts";

const { values: options } = parseArgs({
  options: { out: { type: "string" }, check: { type: "boolean", default: false } },
});
// npm runs scripts in the package's directory; a path is meant from where the user typed it.
const directory = options.out
  ? resolve(process.env["INIT_CWD"] ?? process.cwd(), options.out)
  : fileURLToPath(new URL("../fixtures/wasm", import.meta.url));

if (!options.check) {
  mkdirSync(directory, { recursive: true });
  const rust = buildWorkspace(join(fixtureSources, "rust"));
  for (const name of wasiFixtureNames) writeFileSync(fileOf(name), build(name, rust));
  const records = currentRecords(directory);
  writeFileSync(join(directory, sourcesFile), `${JSON.stringify(records, undefined, 2)}\n`);
}

const stale = staleFixtures(directory);
// A file that nobody recorded need not be a module at all: it isn't looked into.
const problems = stale.length > 0 ? stale : wasiFixtureNames.flatMap(problemsOf);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`${wasiFixtureNames.length} fixtures in ${directory} belong to the sources`);

function fileOf(name: WasiFixtureName): string {
  return join(directory, `${name}.wasm`);
}

function build(name: WasiFixtureName, rust: string): Uint8Array {
  switch (name) {
    case "rust_commands":
      return readFileSync(join(rust, `${name}.wasm`));
    case "c_unstable":
      // It brings its own `_start`, and no C library that would import the newer version.
      return buildProgram(join(fixtureSources, "c", "unstable"), ["-nostartfiles"]);
    case "c_commands":
      return buildProgram(join(fixtureSources, "c", "commands"), []);
    case "c_raw_calls":
      return buildProgram(join(fixtureSources, "c", "raw_calls"), []);
  }
}

function problemsOf(name: WasiFixtureName): string[] {
  const bytes = new Uint8Array(readFileSync(fileOf(name)));
  return wasiFixtureProblems(bytes).map((problem) => `${name}: ${problem}`);
}
