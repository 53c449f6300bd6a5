import * as fc from "fast-check";
import { expect, test } from "vitest";
import { runAlone, runInLoop } from "./loop.testing.ts";
import { encodeRandomModule, randomModules, stopText } from "./random-module.testing.ts";

/** For more: `FLAWLESS_FUZZ_SEED=7 FLAWLESS_FUZZ_RUNS=5000`. */
const seed = Number(process.env["FLAWLESS_FUZZ_SEED"] ?? 1);
const numRuns = Number(process.env["FLAWLESS_FUZZ_RUNS"] ?? 40);

/** Every second call suspends the guest. */
function answers(): (call: string) => string | Promise<string> {
  let calls = 0;
  return (call) => {
    if (call === stopText) throw new Error("stopped by the host");
    calls += 1;
    return calls % 2 === 0 ? "answer" : Promise.resolve("answer");
  };
}

test(
  "random modules run in the loop as in new instances, and leave nothing behind",
  async () => {
    const workflows = ["start", "other", "other", "start", "start", "other"];
    await fc.assert(
      fc.asyncProperty(randomModules, async (module) => {
        const bytes = encodeRandomModule(module);
        const alone = new Map(
          await Promise.all(
            ["start", "other"].map(
              async (name) => [name, await runAlone(bytes, name, answers())] as const,
            ),
          ),
        );
        const { runs, memories, error } = await runInLoop(bytes, workflows, answers());

        expect(error).toBeUndefined();
        const outgrown = memories.length < workflows.length + 1;
        expect(runs.length).toBe(outgrown ? memories.length : workflows.length);
        for (const [index, run] of runs.entries()) {
          const { memoryAtStart: _memoryAtStart, ...expected } = alone.get(workflows[index] ?? "")!;
          expect(run).toEqual(expected);
        }
        for (const memory of memories) {
          const { memoryAtStart } = alone.get("start")!;
          expect(Buffer.compare(memory.subarray(0, memoryAtStart.length), memoryAtStart)).toBe(0);
          expect(memory.subarray(memoryAtStart.length).every((byte) => byte === 0)).toBe(true);
        }
      }),
      { seed, numRuns },
    );
  },
  60_000 + numRuns * 1_000,
);
