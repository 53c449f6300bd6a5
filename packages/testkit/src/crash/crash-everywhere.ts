import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";
import { TestkitError } from "../errors.ts";
import type { CrashPoint } from "../environment/faulty-store.ts";
import { TestEnvironment } from "../environment/test-environment.ts";
import type { TestEnvironmentOptions } from "../environment/test-environment-options.ts";
import { difference, observe, type Observation } from "./observation.ts";
import { sampled } from "./sampled.ts";

/** Options of {@link crashEverywhere}. */
export interface CrashEverywhereOptions {
  /** The options of each environment in which the scenario is run. */
  readonly environment?: TestEnvironmentOptions;
  /** The number of boundaries of a long journal to try, chosen by the seed (default 1). Default: all. */
  readonly sample?: { readonly count: number; readonly seed?: number };
  /**
   * Whether to include crashes that interrupt a request that must not be repeated, or an activity that must not run
   * twice. The workflow then gets `RequestInterrupted` (an `ActivityError` with the reason `INTERRUPTED`) and must
   * handle it. Default true.
   */
  readonly interruptRequests?: boolean;
}

const crashOptionNames = optionNames<CrashEverywhereOptions>({
  environment: true,
  sample: true,
  interruptRequests: true,
});

/** What was tried, if nothing differed. */
export interface CrashReport {
  /** The number of the journal's boundaries: one before each commit, and one at the end. */
  readonly boundaries: number;
  /** The number of boundaries with a crash whose outcome was compared. */
  readonly tried: number;
  /** The number of omitted boundaries, which interrupt a request or an activity; see `interruptRequests`. */
  readonly interruptions: number;
}

/**
 * Runs a scenario once without a crash, and then once for each boundary of the journal with a crash there. Its result,
 * the outcomes of its workflows, and what the outside world saw must be the same.
 *
 * ```ts
 * await crashEverywhere(async (env) => {
 *   const module = await env.deploy("orders.wasm");
 *   const run = await module.start("checkout", { order: 7 });
 *   return run.response();
 * }, { environment: { http: { "POST https://pay.example/*": { json: { ok: true } } } } });
 * ```
 *
 * @throws TestkitError `FLAWLESS_TESTKIT_CRASH_CHANGED_OUTCOME` at the first boundary whose outcome differs
 * @throws what the scenario throws without any crash
 */
export async function crashEverywhere(
  scenario: (env: TestEnvironment) => Promise<unknown>,
  options: CrashEverywhereOptions = {},
): Promise<CrashReport> {
  refuseUnknownOptions(options, crashOptionNames);
  const { environment = {}, sample, interruptRequests = true } = options;
  if (environment.faults?.crash !== undefined) {
    throw new InvalidOptionError(
      "environment.faults.crash",
      "crashEverywhere chooses where to crash. Leave it out.",
    );
  }
  const expected = await run(scenario, environment, undefined);
  const { error } = expected.result as { readonly error?: unknown };
  if (error !== undefined) {
    throw error;
  }
  const all = boundaries(expected.commits);
  const points = sample === undefined ? all : sampled(all, sample.count, sample.seed ?? 1);
  let interruptions = 0;
  for (const point of points) {
    const seen = await run(scenario, environment, point);
    if (seen.interrupted && !expected.interrupted && !interruptRequests) {
      interruptions += 1;
      continue;
    }
    const differs = difference(expected, seen);
    if (differs !== undefined) {
      throw changed(point, seen, expected.commits, differs);
    }
  }
  return { boundaries: all.length, tried: points.length - interruptions, interruptions };
}

async function run(
  scenario: (env: TestEnvironment) => Promise<unknown>,
  environment: TestEnvironmentOptions,
  crash: CrashPoint | undefined,
): Promise<Observation> {
  const faults = { ...environment.faults, ...(crash === undefined ? {} : { crash }) };
  const env = await TestEnvironment.create({ ...environment, faults });
  try {
    return await observe(env, scenario);
  } finally {
    // An unanswered request is part of the observation.
    await env.close().catch(() => undefined);
  }
}

function boundaries(commits: number): readonly CrashPoint[] {
  return Array.from({ length: commits }, (_, index) => index + 1).flatMap(
    (commit) =>
      [
        { commit, when: "before" },
        { commit, when: "after" },
      ] as const,
  );
}

function changed(
  point: CrashPoint,
  seen: Observation,
  commits: number,
  differs: string,
): TestkitError {
  const site = seen.crashSite === undefined ? "" : `, ${seen.crashSite}`;
  const interrupted = seen.interrupted
    ? "\nThe crash interrupted a request or an activity that must not be repeated: handle that, let it be repeated " +
      "(idempotent: true, atMostOnce: false), or leave such crashes out with interruptRequests: false."
    : "";
  return new TestkitError(
    "FLAWLESS_TESTKIT_CRASH_CHANGED_OUTCOME",
    `A crash ${point.when} commit ${point.commit} of ${commits}${site}, changes the outcome: ${differs}${interrupted}`,
  );
}
