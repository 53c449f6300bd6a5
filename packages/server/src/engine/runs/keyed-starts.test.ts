import { expect, test } from "vitest";
import type { StoredWorkflow } from "../../store/workflow-store.ts";
import { storedWorkflow } from "../../testing/stored-workflow.ts";
import { isSettled } from "../../testing/until.ts";
import { type BegunStart, KeyedStarts } from "./keyed-starts.ts";

const workflow = storedWorkflow(7, { idempotencyKey: "k" });

function setUp(known?: StoredWorkflow): {
  starts: KeyedStarts;
  begun: BegunStart[];
  begin: () => BegunStart;
  saved: PromiseWithResolvers<void>;
} {
  const saved = Promise.withResolvers<void>();
  const begun: BegunStart[] = [];
  const starts = new KeyedStarts({ workflowByIdempotencyKey: async () => known });
  const begin = (): BegunStart => {
    const start = { workflow, durable: saved.promise };
    begun.push(start);
    return start;
  };
  return { starts, begun, begin, saved };
}

test("a key begins one workflow, even before the store knows it", async () => {
  const { begin, begun, starts } = setUp();
  const both = Promise.all([starts.once("k", begin), starts.once("k", begin)]);
  expect(await both).toEqual([workflow, workflow]);
  expect(await starts.once("k", begin)).toBe(workflow);
  expect(begun).toHaveLength(1);
});

test("a workflow that the store knows is not begun again", async () => {
  const { begin, begun, starts } = setUp(storedWorkflow(5));
  expect(await starts.once("k", begin)).toMatchObject({ id: 5 });
  expect(begun).toEqual([]);
});

test("a start that is no longer wanted leaves it to those that wait", async () => {
  const { begin, begun, starts } = setUp();
  const left = starts.once("k", () => undefined);
  const others = Promise.all([starts.once("k", begin), starts.once("k", begin)]);
  expect(await left).toBeUndefined();
  expect(await others).toEqual([workflow, workflow]);
  expect(begun).toHaveLength(1);
});

test("a start that could not begin, or be saved, is begun again by the next one", async () => {
  const { begin, begun, saved, starts } = setUp();
  const failing = starts.once("k", () => {
    throw new Error("no room");
  });
  await expect(failing).rejects.toThrow("no room");
  expect(await starts.once("k", begin)).toBe(workflow);
  saved.reject(new Error("closed"));
  expect(await isSettled(saved.promise)).toBe(true);
  expect(await starts.once("k", begin)).toBe(workflow);
  expect(begun).toHaveLength(2);
});
