import { pino } from "pino";
import { afterEach, expect, test, vi } from "vitest";
import { DatabaseClock } from "./database-clock.ts";
import type { PostgresConnection } from "./postgres-connection.ts";
import { PostgresNodes } from "./postgres-nodes.ts";

afterEach(() => vi.restoreAllMocks());

/** A node on a database that answers as `answer` does. */
async function startNode(
  answer: () => void,
): Promise<{ nodes: PostgresNodes; onBack: () => number }> {
  const onBack = vi.fn<() => void>();
  const connection = {
    query: async () => {
      answer();
      return [{ id: "node-1", url: null, flawless_url: null, now: "1000" }];
    },
  } as unknown as PostgresConnection;
  const nodes = await PostgresNodes.start({
    connection,
    clock: new DatabaseClock(0),
    logger: pino({ enabled: false }),
    own: { id: "node-1", url: null, flawlessUrl: null },
    onBack,
  });
  return { nodes, onBack: () => onBack.mock.calls.length };
}

test("a database that hung counts as one that was away", async () => {
  let now = 0;
  let took = 10;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const { nodes, onBack } = await startNode(() => (now += took));
  await nodes.ask();
  expect(onBack()).toBe(0);
  took = 6_000;
  await nodes.ask();
  expect(onBack()).toBe(1);
  await nodes[Symbol.asyncDispose]();
});

test("a database that failed was away until it answers", async () => {
  let fails = false;
  const { nodes, onBack } = await startNode(() => {
    if (fails) throw new Error("away");
  });
  fails = true;
  expect(await nodes.ask()).toEqual({ reachable: false, writable: false, nodes: 0 });
  fails = false;
  expect(await nodes.ask()).toEqual({ reachable: true, writable: true, nodes: 1 });
  expect(onBack()).toBe(1);
  await nodes[Symbol.asyncDispose]();
});
