import { test as vitestTest, type TestAPI } from "vitest";
import { TestEnvironment } from "../environment/test-environment.ts";
import type { TestEnvironmentOptions } from "../environment/test-environment-options.ts";
import { attachReport } from "./failure/attach-report.ts";
import { journalReport } from "./failure/journal-report.ts";
import "./matchers/register.ts";

/** What a test gets in addition to Vitest's own context. */
export interface FlawlessFixtures {
  /**
   * The options of `env`. Default: an environment's defaults. For a file or a `describe`:
   * `test.override({ environmentOptions: { http: ... } })`.
   */
  environmentOptions: TestEnvironmentOptions;
  /** The test's own environment. It is closed after the test, which fails if closing fails. */
  env: TestEnvironment;
}

/**
 * Vitest's `test` with an environment for each test. Importing it also adds the matchers
 * `toRespondWith`, `toComplete`, `toFailWith`, `toHaveRequested` and `toHaveRunActivity` to `expect`. A failed test shows the
 * journals of its workflows below its error.
 *
 * ```ts
 * import { expect } from "vitest";
 * import { test } from "@flawless-ts/testkit/vitest";
 *
 * test("adds", async ({ env }) => {
 *   const module = await env.deploy("calculator.wasm");
 *   await expect(await module.start("add", { a: 2, b: 3 })).toRespondWith(5);
 * });
 * ```
 */
export const test: TestAPI<FlawlessFixtures> = vitestTest.extend<FlawlessFixtures>({
  environmentOptions: {},
  env: async ({ environmentOptions, task, onTestFailed }, use) => {
    const earlierErrors = task.result?.errors?.length ?? 0;
    const env = await TestEnvironment.create(environmentOptions);
    let report: string | undefined;
    onTestFailed(async () => {
      // Vitest ends the fixtures first, but doesn't guarantee it.
      report ??= await journalReport(env);
      attachReport(task.result?.errors?.slice(earlierErrors) ?? [], report);
    });
    await use(env);
    // Journals can't be read after closing, and closing itself may fail.
    report = await journalReport(env);
    await env.close();
  },
});
