// Builds the WASI fixtures from C and Rust; see buildFixtures for its options.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildFixtures } from "@flawless-ts/test-helpers/build-fixtures";
import { buildWorkspace } from "@flawless-ts/test-helpers/rust-toolchain";
import { wasiFixtureProblems } from "../src/testing/wasi-fixture-problems.ts";
import { fixtureSources, wasiFixtures } from "../src/testing/wasi-fixture-sources.ts";
import { buildProgram } from "./c-toolchain.ts";

const inC = (directory: string): string => join(fixtureSources, "c", directory);

buildFixtures({
  fixtures: wasiFixtures,
  directory: fileURLToPath(new URL("../fixtures/wasm", import.meta.url)),
  build: () => {
    const rust = buildWorkspace(join(fixtureSources, "rust"), { target: "wasm32-wasip1" });
    return {
      c_commands: buildProgram(inC("commands"), []),
      c_raw_calls: buildProgram(inC("raw_calls"), []),
      // It brings its own `_start`, and no C library that would import the newer version.
      c_unstable: buildProgram(inC("unstable"), ["-nostartfiles"]),
      rust_commands: readFileSync(join(rust, "rust_commands.wasm")),
    };
  },
  problemsOf: wasiFixtureProblems,
});
