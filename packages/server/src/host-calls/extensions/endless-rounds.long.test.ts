import { expect, test } from "vitest";
import { memoryModes, TestEngine } from "../../testing/test-engine.ts";

const rounds = 10_000;
const begin = (operation: number, ms: number): object => ({
  ask: ["begin", { operation, kind: "sleep", ms }],
});

test.each(memoryModes)(
  "thousands of rounds of a race leave nothing open, and each loser is abandoned, $mode",
  async ({ limits }) => {
    await using engine = await TestEngine.open({ module: "extensions", limits });
    const script = Array.from({ length: rounds }, (_, round) => {
      const [fast, slow] = [2 * round + 1, 2 * round + 2];
      return [
        begin(fast, 0),
        begin(slow, 1e9),
        { ask: ["wait", { operations: [fast, slow] }] },
        { ask: ["abort", { operation: slow }] },
      ];
    }).flat();
    const id = await engine.launch("script", script);
    const { response, error } = await engine.end(id);
    expect(error).toBeNull();
    const answers = JSON.parse(response ?? "[]") as { readonly body: { operation?: number } }[];
    const winners = answers.flatMap(({ body }) => body.operation ?? []);
    expect(winners).toEqual(Array.from({ length: rounds }, (_, round) => 2 * round + 1));
    expect(engine.clock.timers).toBe(0);
  },
  120_000,
);
