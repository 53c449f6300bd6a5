import { describe, expect, test } from "vitest";
import { TestClock } from "../../testing/test-clock.ts";
import { WorkflowTrees, type TreeLimits } from "./workflow-trees.ts";

interface Setup {
  readonly clock: TestClock;
  readonly trees: WorkflowTrees;
  /** The decisions: undefined for yes. */
  readonly decided: (string | undefined)[];
  readonly failures: unknown[];
  ask(root?: number, depth?: number): () => void;
}

function setUp(
  limits: Partial<TreeLimits> = {},
  count: (root: number) => Promise<number> = async () => 0,
): Setup {
  const clock = new TestClock(0);
  const all = { descendants: 3, childDepth: 5, childrenPerSecond: 1_000, ...limits };
  const trees = new WorkflowTrees(all, clock, count);
  const decided: (string | undefined)[] = [];
  const failures: unknown[] = [];
  return {
    clock,
    trees,
    decided,
    failures,
    ask: (root = 1, depth = 0) =>
      trees.admit(
        root,
        depth,
        (refusal) => {
          decided.push(refusal);
          if (refusal === undefined) {
            trees.began(root);
          }
        },
        (error) => failures.push(error),
      ),
  };
}

async function turn(): Promise<void> {
  await new Promise(setImmediate);
}

describe("the number of running descendants", () => {
  test("is limited by root, including those that the journal knows of", async () => {
    const { ask, decided } = setUp({}, async (root) => (root === 1 ? 2 : 0));
    ask();
    await turn();
    ask();
    ask(2);
    await turn();
    expect(decided).toEqual([
      undefined,
      "3 workflows run that descend from the one that a caller started; the limit descendants allows 3",
      undefined,
    ]);
  });

  test("falls as they end, even while the journal is read", async () => {
    const counting = Promise.withResolvers<number>();
    const { ask, decided, trees } = setUp({}, () => counting.promise);
    ask();
    trees.ended(1);
    counting.resolve(3);
    await turn();
    ask();
    trees.ended(1);
    ask();
    expect(decided).toEqual([undefined, expect.stringContaining("descendants"), undefined]);
  });

  test("is read again if the journal can't be read", async () => {
    let asked = 0;
    const { ask, decided, clock, failures } = setUp({}, async () => {
      asked += 1;
      if (asked === 1) {
        throw new Error("disk I/O error");
      }
      return 0;
    });
    ask();
    await turn();
    expect([failures.length, decided.length]).toEqual([1, 0]);
    clock.advance(1_000);
    await turn();
    expect(decided).toEqual([undefined]);
  });
});

test("generations are limited", async () => {
  const { ask, decided } = setUp();
  ask(1, 4);
  await turn();
  ask(1, 5);
  expect(decided).toEqual([undefined, expect.stringContaining("the limit childDepth allows 5")]);
});

describe("starts that come too fast", () => {
  test("wait for their turn, in order", async () => {
    const { ask, decided, clock } = setUp({ descendants: 100, childrenPerSecond: 2 });
    ask();
    await turn();
    for (let start = 0; start < 4; start += 1) {
      ask();
    }
    expect(decided).toHaveLength(2);
    clock.advance(500);
    expect(decided).toHaveLength(3);
    clock.advance(999);
    expect(decided).toHaveLength(4);
    clock.advance(1);
    expect(decided).toHaveLength(5);
    clock.advance(8_500);
    ask();
    ask();
    expect(decided).toHaveLength(7);
  });

  test("can be withdrawn", async () => {
    const { ask, decided, clock } = setUp({ childrenPerSecond: 1 });
    const takeBack = ask();
    takeBack();
    await turn();
    ask();
    const takeBackLater = ask();
    takeBackLater();
    clock.advance(60_000);
    expect(decided).toHaveLength(1);
  });

  test("of one root do not hold up others", async () => {
    const { ask, decided } = setUp({ childrenPerSecond: 1 });
    ask(1);
    ask(1);
    ask(2);
    await turn();
    expect(decided).toHaveLength(2);
  });
});

test("nothing is started in a tree that is being ended", async () => {
  const { ask, decided, trees } = setUp();
  ask();
  await turn();
  const reopen = trees.close(1);
  ask();
  ask(2);
  await turn();
  expect(decided).toHaveLength(2);
  reopen();
  ask();
  expect(decided).toHaveLength(3);
});

test("trees without activity are forgotten, and counted again when they are next used", async () => {
  const counted: number[] = [];
  const { ask, clock, trees } = setUp({}, async (root) => {
    counted.push(root);
    return 0;
  });
  ask(1);
  await turn();
  trees.ended(1);
  clock.advance(5_000);
  for (let root = 2; root <= 1_001; root += 1) {
    ask(root);
  }
  await turn();
  ask(1);
  await turn();
  expect(counted.filter((root) => root === 1)).toHaveLength(2);
  expect(counted.filter((root) => root === 2)).toHaveLength(1);
});
