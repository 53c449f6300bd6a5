import { describe, expect, test } from "vitest";
import type { Contender } from "./contender.ts";
import { runRounds } from "./rounds.ts";

const plan = { callers: 4, jobs: 10, warmUpJobs: 5, rounds: 3, budgetMs: 60_000 };

/** A queue in memory that records whose turn it was. */
function queueOf(name: string, turns: string[], change: Partial<Contender> = {}): Contender {
  let [pending, completed] = [0, 0];
  return {
    name,
    publish: async () => {
      if (turns.at(-1) !== name) {
        turns.push(name);
      }
      pending += 1;
    },
    complete: async () => {
      pending -= 1;
      completed += 1;
      return true;
    },
    count: async () => ({ completed, others: pending }),
    ...change,
  };
}

describe("rounds", () => {
  test("go through the contenders in turn, starting with a different one each time", async () => {
    const turns: string[] = [];
    const measured = await runRounds([queueOf("a", turns), queueOf("b", turns)], plan);
    // Warm-up ab, then ab, ba, ab: two consecutive turns of the same contender appear as one.
    expect(turns.join("")).toBe("ababab");
    expect(measured.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(measured.map(({ publish, complete }) => [publish.length, complete.length])).toEqual([
      [3, 3],
      [3, 3],
    ]);
  });

  test("stop when the time is used up", async () => {
    const [measured] = await runRounds([queueOf("a", [])], { ...plan, budgetMs: 0 });
    expect(measured?.publish).toHaveLength(1);
  });

  test("use every caller, and complete no more jobs than there are", async () => {
    const callers = new Set<number>();
    let calls = 0;
    let completed = 0;
    const contender = queueOf("a", [], {
      complete: async (caller) => {
        callers.add(caller);
        calls += 1;
        await Promise.resolve();
        completed += 1;
        return true;
      },
      count: async () => ({ completed, others: 0 }),
    });
    await runRounds([contender], plan);
    expect([...callers]).toEqual([0, 1, 2, 3]);
    expect(calls).toBe(35);
  });

  test("repeat a claim that gets nothing, but not forever", async () => {
    const never = queueOf("a", [], { complete: async () => false });
    await expect(runRounds([never], plan)).rejects.toThrow("hands out no jobs");
  });

  test("fail if a job is lost", async () => {
    const losing = queueOf("a", [], { complete: async () => true });
    await expect(runRounds([losing], plan)).rejects.toThrow("completed 0, with 5 left");
  });
});
