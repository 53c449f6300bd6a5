// Builds the Rust fixtures. Options: `--out DIR` writes them there instead of `fixtures/wasm`;
// `--check` builds nothing and verifies that the files belong to the sources in the tree.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  currentRecords,
  fixtureSources,
  fixtureWorkspaces,
  sourcesFile,
  staleFixtures,
} from "../src/testing/fixture-sources.ts";
import { fixtureProblems } from "@flawless-ts/test-helpers/fixture-problems";
import { fixtureNames } from "@flawless-ts/test-helpers/fixtures";
import type { FixtureName } from "@flawless-ts/test-helpers/fixtures";
import { buildWorkspace } from "@flawless-ts/test-helpers/rust-toolchain";

const { values: options } = parseArgs({
  options: { out: { type: "string" }, check: { type: "boolean", default: false } },
});
// npm runs scripts in the package's directory; a path is meant from where the user typed it.
const directory = options.out
  ? resolve(process.env["INIT_CWD"] ?? process.cwd(), options.out)
  : fileURLToPath(new URL("../fixtures/wasm", import.meta.url));

if (!options.check) {
  mkdirSync(directory, { recursive: true });
  for (const workspace of fixtureWorkspaces) {
    const built = buildWorkspace(join(fixtureSources, workspace.directory), {
      // Sources that lie in another workspace are named as they are there.
      rustFlags: ["--remap-path-prefix=../rust/="],
    });
    for (const name of Object.keys(workspace.sources)) {
      // Not copied: the compiler's output is marked executable.
      writeFileSync(join(directory, `${name}.wasm`), readFileSync(join(built, `${name}.wasm`)));
    }
  }
  const records = currentRecords(directory);
  writeFileSync(join(directory, sourcesFile), `${JSON.stringify(records, undefined, 2)}\n`);
}

const stale = staleFixtures(directory);
// A file that nobody recorded need not be a module at all: it isn't looked into.
const problems = stale.length > 0 ? stale : fixtureNames.flatMap(problemsOf);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`${fixtureNames.length} fixtures in ${directory} belong to the sources`);

function problemsOf(name: FixtureName): string[] {
  const bytes = new Uint8Array(readFileSync(join(directory, `${name}.wasm`)));
  return fixtureProblems(bytes).map((problem) => `${name}: ${problem}`);
}
