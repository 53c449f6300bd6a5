import { defineConfig } from "vitest/config";

const conditions = ["@flawless-ts/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "examples/*/src/**/*.test.ts",
      "benchmarks/**/*.test.ts",
    ],
    testTimeout: 30_000,
  },
});
