import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { WhatWasLeftOut } from "./scripts/what-was-left-out.ts";

const conditions = ["@flawless-ts/source"];
/** What takes more than a few seconds: soaks, sweeps of all cases, floods, and what compiles Rust. */
const long = ["packages/*/src/**/*.long.test.ts", "examples/*/src/**/*.long.test.ts"];
const containers = [
  "packages/*/src/**/*.containers.test.ts",
  "examples/*/src/**/*.containers.test.ts",
];
/** In a network namespace of their own, by vitest.loopback.config.ts. */
const loopback = ["packages/*/src/**/*.loopback.test.ts"];

// Tests start thousands of threads from the sources, each of which would compile them anew.
process.env["NODE_COMPILE_CACHE"] ??= fileURLToPath(
  new URL("node_modules/.cache/flawless-ts-tests", import.meta.url),
);

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // What hangs is to be told; what is slow on a busy machine is not.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: "packages/test-helpers/src/postgres/postgres-for-tests.ts",
    // On a busy machine a second, which is the default, is soon over.
    expect: { poll: { timeout: 20_000 } },
    reporters: [
      "default",
      new WhatWasLeftOut([
        { project: "long", what: "long tests", include: long },
        { project: "containers", what: "tests in containers", include: containers },
      ]),
    ],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // A worker's files share its process and loaded modules: loading them anew for each file took 40 % of the CPU time.
          // So a file restores what it changes in the process, and uses `vi.spyOn` on a module, not `vi.mock`.
          isolate: false,
          // Tests often wait for threads and processes. Vitest's default, one worker on two cores, left a core idle.
          maxWorkers: availableParallelism() + 1,
          include: [
            "packages/*/src/**/*.test.ts",
            "packages/*/template/**/*.test.ts",
            "examples/*/src/**/*.test.ts",
            "benchmarks/**/*.test.ts",
            "scripts/*/*.test.ts",
            "docs-site/scripts/*.test.ts",
          ],
          exclude: ["**/node_modules/**", "**/dist/**", ...long, ...containers, ...loopback],
        },
      },
      {
        extends: true,
        test: {
          name: "long",
          include: long,
          testTimeout: 120_000,
          // They wait more than they compute. Vitest's default, one worker on two cores, left half of the machine idle.
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "containers",
          include: containers,
          globalSetup: "packages/testkit/src/containers/testing/say-skipped.ts",
          // Each file starts up to nine containers, and then waits for them most of the time: two use what two cores have.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
