import assert from "node:assert/strict";
import { WorkflowFailedError, type DeployedModule, type WorkflowHandle } from "@flawless-ts/sdk";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterAll, afterEach, beforeAll, expect, onTestFailed, test } from "vitest";
import { ServerProcess } from "./server-process.ts";

const neighbourCount = 20;

let server: ServerProcess;
let conformance: DeployedModule;
/** Workflows in memory, in the same threads as the misbehaving guests. */
let neighbours: readonly WorkflowHandle[];
/** Computes without a host call until the server's limit of 10 s, while the other tests run. */
let endless: WorkflowHandle;

beforeAll(async () => {
  server = await ServerProcess.start();
  conformance = await server.flawless.deploy(fixtureBytes("conformance"));
  neighbours = await Promise.all(
    Array.from({ length: neighbourCount }, () => conformance.start("receive", null)),
  );
  endless = await conformance.start("busy_loop", null);
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

/** After every guest, the same process still works. */
afterEach(async () => {
  onTestFailed(() => console.error(`the server wrote:\n${server.output}`));
  assert.equal(server.runs, true);
  assert.equal((await server.flawless.health()).status, "ok");
  const additions = Array.from({ length: 10 }, (_, n) =>
    conformance.execute("add", { a: n, b: 1 }),
  );
  const sums = await Promise.all(additions);
  assert.deepEqual(sums, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test("while a guest loops, the others continue", async () => {
  const approve = async (neighbour: WorkflowHandle, index: number): Promise<unknown> => {
    await neighbour.send("approve", { by: `caller ${index}` });
    expect(await neighbour.completion()).toEqual({ status: "completed" });
    return (await neighbour.info()).response;
  };
  expect(await Promise.all(neighbours.map(approve))).toEqual(
    neighbours.map((_, index) => JSON.stringify({ by: `caller ${index}` })),
  );
});

test.each([
  ["takes memory without end", "memory_hog"],
  ["calls itself without end", "recursion"],
])("only the guest that %s fails", async (_name, workflow) => {
  const error = await conformance.execute(workflow, null).catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  const { workflowId } = error as WorkflowFailedError;
  expect(await server.flawless.workflow(workflowId ?? "").info()).toMatchObject({
    status: "failed",
    error: { code: "PANIC" },
  });
});

test("of guests that take memory at the same time, only these fail", async () => {
  const hogs = Array.from({ length: 3 }, () => conformance.execute("memory_hog", null));
  for (const outcome of await Promise.allSettled(hogs)) {
    expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(WorkflowFailedError) });
  }
});

test("a guest that calls the host endlessly blocks nobody, and can be cancelled", async () => {
  const flood = await conformance.start("time_flood", null);
  const response = await conformance.execute("add", { a: 40, b: 2 });
  expect(response).toBe(42);
  expect(await flood.cancel()).toMatchObject({ status: "cancelled" });
});

test("a guest that loops can be cancelled", async () => {
  const loop = await conformance.start("busy_loop_after_response", null);
  expect(await loop.response()).toBe("spinning");
  expect(await loop.cancel()).toMatchObject({ status: "cancelled" });
});

test("a guest that loops is eventually stopped", async () => {
  expect(await endless.completion()).toMatchObject({
    status: "failed",
    error: { code: "TIME_LIMIT", message: expect.stringContaining("busy_loop") },
  });
});
