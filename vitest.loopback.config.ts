import { defineConfig } from "vitest/config";

const conditions = ["@flawless-ts/source"];

/** For tests that need a network namespace of their own: `testLoopbackOnly` of test-helpers runs them in one. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    testTimeout: 30_000,
    expect: { poll: { timeout: 20_000 } },
    reporters: ["default"],
    maxWorkers: 1,
    isolate: false,
    include: ["packages/*/src/**/*.loopback.test.ts"],
  },
});
