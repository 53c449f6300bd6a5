import { examineModule } from "@flawless-ts/wasm-module/internal";
import { expect, test } from "vitest";
import { defaultLimits } from "../engine/limits.ts";
import { repeated, strangeModule } from "../testing/strange-module.ts";
import { CompileTrials } from "./compile-trials.ts";

/** A function that is tried because it is long: `i32.const 0; drop`, repeated. */
function trial(bytes: number): Uint8Array {
  const body = repeated([0x41, 0, 0x1a], bytes / 3);
  return examineModule(strangeModule({ name: "long", functions: [{ body }] })).trial ?? Buffer.of();
}

const trials = new CompileTrials();

test("what is not costly after all passes; refusing what is invalid is left to the caller", async () => {
  const module = trial(100_000);
  expect(module.length).toBeGreaterThan(100_000);

  expect(await trials.run(module, defaultLimits)).toBeUndefined();
  expect(await trials.run(Buffer.from("no module"), defaultLimits)).toBeUndefined();
});

test.each([
  ["time", { compileMs: 1 }, /compiler takes more than 1 ms of a processor \(compileMs\)/],
  ["memory", { compileBytes: 1 }, /compiler takes more than 1 bytes .*\(compileBytes\)/],
])("a compiler that uses too much %s is stopped", async (_what, limits, message) => {
  await expect(trials.run(trial(6_000_000), { ...defaultLimits, ...limits })).rejects.toMatchObject(
    {
      code: "FLAWLESS_MODULE_TOO_COSTLY",
      message: expect.stringMatching(message) as string,
    },
  );
});

test("more than the max number of waiting trials are refused; the others get their turn", async () => {
  const few = new CompileTrials(2);
  const module = trial(70_000);
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => few.run(module, defaultLimits)));

  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
  expect(outcomes[2]).toMatchObject({ reason: { code: "LIMIT_REACHED" } });
  expect(await few.run(module, defaultLimits)).toBeUndefined();
});
