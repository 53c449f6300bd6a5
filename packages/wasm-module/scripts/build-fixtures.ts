// Builds the Rust fixtures; see buildFixtures for its options.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildFixtures } from "@flawless-ts/test-helpers/build-fixtures";
import { fixtureProblems } from "@flawless-ts/test-helpers/fixture-problems";
import type { FixtureName } from "@flawless-ts/test-helpers/fixtures";
import { buildWorkspace } from "@flawless-ts/test-helpers/rust-toolchain";
import { fixtures, fixtureSources, fixtureWorkspaces } from "../src/testing/fixture-sources.ts";

buildFixtures({
  fixtures,
  directory: fileURLToPath(new URL("../fixtures/wasm", import.meta.url)),
  build: () => {
    const modules = fixtureWorkspaces.flatMap((workspace) => {
      const built = buildWorkspace(join(fixtureSources, workspace.directory), {
        // Sources in another workspace get the same paths as there.
        rustFlags: ["--remap-path-prefix=../rust/="],
        sharedDirectory: fixtureSources,
      });
      return Object.keys(workspace.sources).map((name) => [
        name,
        readFileSync(join(built, `${name}.wasm`)),
      ]);
    });
    return Object.fromEntries(modules) as Record<FixtureName, Uint8Array>;
  },
  problemsOf: fixtureProblems,
});
