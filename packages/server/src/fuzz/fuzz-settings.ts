/**
 * How much a fuzz test does, and its seed. By default little, and the same each time. For more:
 *
 *     FLAWLESS_FUZZ_SEED=7 FLAWLESS_FUZZ_RUNS=2000 npx vitest run packages/server/src/fuzz
 */
export const fuzzSettings: { readonly seed: number; readonly runs: number } = {
  seed: Number(process.env["FLAWLESS_FUZZ_SEED"] ?? 1),
  runs: Number(process.env["FLAWLESS_FUZZ_RUNS"] ?? 60),
};

/** The timeout of a test, in milliseconds. */
export const fuzzTimeoutMs: number = 60_000 + fuzzSettings.runs * 1_000;
