import { expect, test } from "vitest";
import { MemoryWorkflowStore } from "../store/memory-workflow-store.ts";
import { Seal } from "../store/seal.ts";
import { SealedWorkflowStore } from "../store/sealed-workflow-store.ts";
import { globalTimers } from "../time/timers.ts";
import { rejectionOf } from "../testing/until.ts";
import { AwaitedEnds } from "./awaited-ends.ts";
import type { ClusterReader } from "./cluster-reader.ts";
import { PartitionElsewhere } from "./partition-elsewhere.ts";

const seal = new Seal(new Uint8Array(32).fill(1));
const work = { kind: "tell", to: 1, telling: { kind: "message", type: "go", data: "7" } } as const;

function elsewhere(store: SealedWorkflowStore, sent: string[]): PartitionElsewhere {
  return new PartitionElsewhere({
    partitions: 2,
    // Not used here.
    reader: {} as ClusterReader,
    ends: new AwaitedEnds(async () => [], globalTimers, 1),
    store,
    seal,
    postTo: () => ({
      send: async (partition, id, body) => {
        sent.push(`${partition} ${id}`, body);
        return JSON.stringify({ kind: "done", workflow: 1, changed: true });
      },
    }),
  });
}

test("an errand has the same id each time, and is encrypted if its workflow has read a secret", async () => {
  const store = new SealedWorkflowStore(new MemoryWorkflowStore(), seal);
  const sent: string[] = [];
  const there = elsewhere(store, sent);
  const by = { workflow: 10, run: 1, step: 3 };
  await there.send(1, { by, work });
  store.confide(10);
  await there.send(1, { by, work });
  expect(sent[0]).toBe(sent[2]);
  expect(sent[1]).toContain("message");
  expect(sent[3]).not.toContain("message");

  const received = new SealedWorkflowStore(new MemoryWorkflowStore(), seal);
  const confided: boolean[] = [];
  const engine = {
    runErrand: async (errand: unknown) => {
      expect(errand).toEqual({ by, work });
      confided.push(received.isConfidential(10));
      return { kind: "done", workflow: 1, changed: true } as const;
    },
  };
  const here = elsewhere(received, []);
  await here.run(engine, sent[1] ?? "");
  await Promise.all([here.run(engine, sent[3] ?? ""), here.run(engine, sent[3] ?? "")]);
  expect(confided).toEqual([false, true, true]);
  // The other partition's workflow counts as confidential only while its errand is running.
  expect(received.isConfidential(10)).toBe(false);
});

test("an errand that is open when a partition stops is aborted: the next owner does it", async () => {
  const store = new SealedWorkflowStore(new MemoryWorkflowStore(), seal);
  const here = elsewhere(store, []);
  const engine = { runErrand: () => new Promise<never>(() => undefined) };
  const body = JSON.stringify({ from: 10, errand: JSON.stringify({ by: null, work }) });
  const open = rejectionOf(here.run(engine, body));
  here.stop();
  expect(await open).toMatchObject({ name: "AbortError" });
  expect(await rejectionOf(here.run(engine, body))).toMatchObject({ name: "AbortError" });
});
