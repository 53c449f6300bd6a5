// Builds the JavaScript engine of workflows written in TypeScript; see buildFixtures for its options.

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
        // The build of a module looks at the stack pointer to know that its snapshot is whole.
        ...["-C", "link-arg=--export=__stack_pointer"],
        // Twice what engine.rs lets QuickJS have, for what does not look whether there is room. V8 counts a guest's memory
        // in full, and collects garbage the sooner the larger it is.
        ...["-C", "link-arg=-zstack-size=393216"],
        ...tableLinkerFlags(mapFile),
      ],
      // Nobody sees the message of a panic here, nor its place: each workflow would have them in its memory.
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
