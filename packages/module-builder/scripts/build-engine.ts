// Builds the JavaScript engine for workflows written in TypeScript; see buildFixtures for its options.

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildFixtures } from "@flawless-ts/test-helpers/build-fixtures";
import { fixtureProblems } from "@flawless-ts/test-helpers/fixture-problems";
import { buildWorkspace } from "@flawless-ts/test-helpers/rust-toolchain";
import { engineDirectory, engineFiles } from "../src/testing/engine-sources.ts";
import { deferTables, tableLinkerFlags } from "./defer-tables.ts";

buildFixtures({
  fixtures: engineFiles,
  directory: engineDirectory,
  build: () => {
    const targetDirectory = resolve(engineDirectory, process.env["CARGO_TARGET_DIR"] ?? "target");
    const mapFile = join(targetDirectory, "engine.map");
    const built = buildWorkspace(engineDirectory, {
      rustFlags: [
        // Module builds read the stack pointer to check that their snapshot is complete.
        ...["-C", "link-arg=--export=__stack_pointer"],
        // Twice what engine.rs lets QuickJS use, for code that doesn't check whether there is room. V8 counts all of a
        // guest's memory, and the larger it is, the sooner it collects garbage.
        ...["-C", "link-arg=-zstack-size=393216"],
        ...tableLinkerFlags(mapFile),
      ],
      // Nobody sees a panic's message or location here, but they would be in the memory of each workflow.
      standardLibraryFlags: [
        ...["-Z", "unstable-options", "-C", "panic=immediate-abort"],
        ...["-Z", "location-detail=none", "-Z", "fmt-debug=none"],
      ],
      environment: clangEnvironment(),
    });
    const linked = new Uint8Array(readFileSync(join(built, "engine.wasm")));
    return { engine: deferTables(linked, readFileSync(mapFile, "utf8")) };
  },
  problemsOf: fixtureProblems,
});

/** QuickJS is written in C: uses Debian's clang 14 and its archiver if they exist, otherwise those on the PATH. */
function clangEnvironment(): Record<string, string> {
  const debian = ["/usr/bin/clang-14", "/usr/bin/llvm-ar-14"].every(existsSync);
  return {
    CC_wasm32_unknown_unknown: debian ? "clang-14" : "clang",
    AR_wasm32_unknown_unknown: debian ? "llvm-ar-14" : "llvm-ar",
    // Its only effect in QuickJS-ng is to leave out its memory pools: engine/src/heap.rs replaces them.
    CFLAGS_wasm32_unknown_unknown: "-D__SANITIZE_ADDRESS__=1",
  };
}
