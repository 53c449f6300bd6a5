import { setImmediate as turn } from "node:timers/promises";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, test } from "vitest";
import { Engine } from "../engine/index.ts";
import type { StoreWrite } from "../store/workflow-store.ts";
import { MemoryWorkflowStore } from "../store/memory-workflow-store.ts";

/** A store whose commits wait until the gate is open. */
class GatedStore extends MemoryWorkflowStore {
  gate: Promise<void> = Promise.resolve();

  override async commit(writes: readonly StoreWrite[]): Promise<void> {
    await this.gate;
    await super.commit(writes);
  }
}

test("a workflow that ends while its state is read is not waited for", async () => {
  const store = new GatedStore();
  await using engine = await Engine.open({ store });
  await engine.deploy(fixtureBytes("conformance"));
  const receiver = { module: "conformance", version: "1.0.0", workflow: "receive", input: "null" };
  const { id } = await engine.start(receiver, { detached: true });
  const state = async (): Promise<unknown> => (await engine.workflow(id)).waiting?.on;
  await expect.poll(state, { interval: 1 }).toBe("message");

  const { promise, resolve: openGate } = Promise.withResolvers<void>();
  store.gate = promise;
  // A commit in progress: everything requested meanwhile goes together into the next one.
  const underWay = engine.start(receiver, { detached: true });
  await turn();
  const ended = engine.wait(id, { timeoutMs: 60_000 });
  const sent = engine.send(id, "approve", '{"by":"somebody"}');
  await expect.poll(() => engine.statistics().computing, { interval: 1 }).toBe(0);
  openGate();

  expect(await ended).toMatchObject({ id, status: "completed" });
  await Promise.all([underWay, sent]);
});
