import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, test } from "vitest";
import type {
  AppendPositions,
  StoredMessage,
  StoredWorkflow,
  Wakeup,
} from "../store/workflow-store.ts";
import { SqliteWorkflowStore } from "../store/sqlite/sqlite-workflow-store.ts";
import { StoreWrapper } from "./store-wrapper.ts";
import { sharedExecutors } from "./test-engine.ts";
import { TestClock } from "./test-clock.ts";
import { Engine, type WorkflowInfo } from "../engine/index.ts";
import { fromPublicId } from "../workflow/workflow-id.ts";

const hourMs = 3_600_000;

/** Counts reads. */
class CountedStore extends StoreWrapper {
  readonly reads = { workflows: 0, lines: 0, mailboxes: 0, wakeups: 0 };

  override workflow(id: number): Promise<StoredWorkflow | undefined> {
    this.reads.workflows += 1;
    return super.workflow(id);
  }

  override lines(id: number, positions?: AppendPositions): Promise<readonly string[]> {
    this.reads.lines += 1;
    return super.lines(id, positions);
  }

  override mailbox(id: number): Promise<readonly StoredMessage[]> {
    this.reads.mailboxes += 1;
    return super.mailbox(id);
  }

  override async wakeups(after: Wakeup | null, limit: number): Promise<readonly Wakeup[]> {
    const page = await super.wakeups(after, limit);
    this.reads.wakeups += page.length;
    return page;
  }
}

async function open(
  directory: TemporaryDirectory,
  clock: TestClock,
): Promise<{ readonly engine: Engine; readonly store: CountedStore }> {
  const store = new CountedStore(await SqliteWorkflowStore.open(directory.path));
  return { store, engine: await Engine.open({ store, clock, executors: sharedExecutors() }) };
}

/** Adds copies of a workflow that sleeps for an hour, each an hour longer than the one before. */
async function addSleepers(
  directory: TemporaryDirectory,
  id: number,
  sleepers: number,
): Promise<void> {
  const store = await SqliteWorkflowStore.open(directory.path);
  const workflow = (await store.workflow(id)) as StoredWorkflow;
  const { wakeAt: first } = workflow;
  const lines = (await store.lines(id)).join("");
  await store.commit(
    Array.from({ length: sleepers }, (_, index) => {
      const wakeAt = Number(first) + (index + 1) * hourMs;
      const copy = { ...workflow, id: id + index + 1, wakeAt };
      return [
        { kind: "create" as const, workflow: copy },
        {
          kind: "append" as const,
          id: copy.id,
          position: 0,
          lines: lines.replaceAll(String(first), String(wakeAt)),
        },
      ];
    }).flat(),
  );
  await store.close();
}

/** There is no index of completed workflows, so a page only covers the next few thousand workflows. */
async function allCompleted(engine: Engine): Promise<readonly WorkflowInfo[]> {
  const found: WorkflowInfo[] = [];
  let cursor: string | undefined;
  do {
    const page = await engine.list({
      status: "completed",
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.workflows);
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

/** Tests that `sleepers` workflows (more than 1,000) cost nothing while they sleep. */
export function describeSleepers(sleepers: number): void {
  test(`of ${sleepers} sleeping workflows none is loaded at start-up, and each when it wakes`, async () => {
    using directory = new TemporaryDirectory();
    const clock = new TestClock();
    const before = await open(directory, clock);
    const { name: module, version } = await before.engine.deploy(fixtureBytes("conformance"));
    const { id } = await before.engine.start(
      { module, version, workflow: "sleep_ms", input: JSON.stringify({ ms: hourMs }) },
      { detached: true },
    );
    await before.engine.whenIdle();
    await before.engine.close();
    await addSleepers(directory, fromPublicId(id) ?? 0, sleepers);

    const { engine, store } = await open(directory, clock);
    await engine.whenIdle();
    const atStart = { ...store.reads };
    clock.advance(3 * hourMs);
    await engine.whenIdle();
    const workflows = await allCompleted(engine);
    await engine.kill();

    expect(atStart).toEqual({ workflows: 0, lines: 0, mailboxes: 0, wakeups: 1_000 });
    expect(workflows).toHaveLength(3);
    expect(store.reads).toEqual({ workflows: 3, lines: 3, mailboxes: 3, wakeups: 1_000 });
  });
}
