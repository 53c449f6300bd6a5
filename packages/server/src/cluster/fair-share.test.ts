import { expect, test } from "vitest";
import { planOf, type Sight } from "./fair-share.ts";

const leaseMs = 5_000;

function sight(owners: readonly (string | null)[], nodes: Record<string, number>): Sight {
  return {
    nodes: Object.entries(nodes).map(([id, silentMs]) => ({
      id,
      url: `http://${id}`,
      startedAt: 0,
      silentMs,
    })),
    partitions: owners.map((owner, partition) => ({
      partition,
      owner,
      epoch: 1,
      leaseMs: owner === null ? null : 3_000,
    })),
  };
}

function plan(seen: Sight, owned: readonly number[] = []): ReturnType<typeof planOf> {
  return planOf(seen, "a", new Set(owned), leaseMs);
}

test("a single node takes all", () => {
  const seen = sight([null, null, null], {});
  expect(plan(seen)).toEqual({ free: [0, 1, 2], claim: 3, giveBack: 0 });
});

test("each of several takes its share, rounded up", () => {
  const nodes = { a: 10, b: 20, c: 30 };
  const seen = sight(
    Array.from({ length: 32 }, () => null),
    nodes,
  );
  expect(plan(seen).claim).toBe(11);
  expect(plan(seen, [1, 2, 3]).claim).toBe(8);
});

test("a node that has more than its share gives back the rest", () => {
  const seen = sight(["a", "a", "a", "a"], { a: 10, b: 0 });
  expect(plan(seen, [0, 1, 2, 3])).toEqual({ free: [], claim: 0, giveBack: 2 });
});

test("a node that was silent for a whole lease doesn't count", () => {
  const seen = sight(["a", "a", "a", "a"], { a: 10, b: leaseMs });
  expect(plan(seen, [0, 1, 2, 3]).giveBack).toBe(0);
});

test("free partitions: without owner, with an expired lease, or its own that it doesn't run", () => {
  const seen = sight([null, "a", "a", "b", "b"], { a: 0, b: 0 });
  const [first, own, run, other, ranOut] = seen.partitions;
  const partitions = [first, own, run, other, { ...ranOut, leaseMs: -1 }] as Sight["partitions"];
  expect(plan({ ...seen, partitions }, [2]).free).toEqual([0, 1, 4]);
});
