import { describe, expect, test } from "vitest";
import type { ForkRequest, HistoryStep, WorkflowInfo } from "../engine/index.ts";
import type { StoreWrite, WorkflowStore } from "../store/workflow-store.ts";
import type { StoreSetup } from "./store-contract/test-store.ts";
import { StoreWrapper } from "./store-wrapper.ts";
import { TestEngine } from "./test-engine.ts";
import { until } from "./until.ts";

const random = { call: { Random: { I64: 0 } } };
const receive = { call: { RecvMessage: [null, ["go"]] } };
const state = { ask: ["state", { value: 1 }] };

/** A restart, or a fork with these steps. */
interface Asked {
  readonly what: string;
  readonly fork: Pick<ForkRequest, "fromStep"> | null;
  readonly script: readonly unknown[];
  /** Whether the old workflow is still running, and is terminated. */
  readonly terminate: boolean;
}

const failing = [random, state, receive, random, { panic: "no" }];
const waiting = [random, state, receive, random];
const all: readonly Asked[] = [
  { what: "a restart", fork: null, script: failing, terminate: false },
  { what: "a fork", fork: { fromStep: 3 }, script: failing, terminate: false },
  { what: "a restart that terminates", fork: null, script: waiting, terminate: true },
  { what: "a fork that terminates", fork: { fromStep: 3 }, script: waiting, terminate: true },
];

/** Crashes before or after the n-th transaction since it was armed. */
class ArmedStore extends StoreWrapper {
  #left = Number.POSITIVE_INFINITY;
  #side: "before" | "after" = "before";
  #crash: () => void = () => undefined;
  crashed = false;

  arm(side: "before" | "after", commit: number, crash: () => void): void {
    this.#side = side;
    this.#left = commit;
    this.#crash = crash;
  }

  override async commit(writes: readonly StoreWrite[]): Promise<void> {
    this.#left -= 1;
    const isPoint = this.#left === 0;
    if (!this.crashed && !(isPoint && this.#side === "before")) {
      await super.commit(writes);
    }
    if (isPoint) {
      this.crashed = true;
      this.#crash();
    }
    if (this.crashed) {
      await new Promise<never>(() => undefined);
    }
  }
}

function ask(engine: TestEngine, old: string, { fork, terminate }: Asked): Promise<WorkflowInfo> {
  const request = { idempotencyKey: "again", terminate };
  return fork === null
    ? engine.engine.restart(old, request)
    : engine.engine.fork(old, { ...request, ...fork });
}

async function others(engine: TestEngine, old: string): Promise<readonly WorkflowInfo[]> {
  return (await engine.engine.list()).workflows.filter(({ id }) => id !== old);
}

/** @returns false if the new workflow settled before this many transactions */
async function crashAt(
  asked: Asked,
  side: "before" | "after",
  commit: number,
  setup: StoreSetup | undefined,
): Promise<boolean> {
  const where = `crash ${side} transaction ${commit}`;
  let armed: ArmedStore | undefined;
  const before = await TestEngine.open({
    module: "extensions",
    groupCommits: false,
    ...(setup === undefined ? {} : { openStore: () => setup.open() }),
    wrapStore: (store: WorkflowStore) => (armed = new ArmedStore(store)),
  });
  const old = await before.launch("script", asked.script);
  if (!asked.terminate) {
    await before.send(old, "go", 7);
    await before.end(old);
  }
  await before.engine.save();
  const steps = await before.steps(old);
  const info = await before.info(old);

  let killed: Promise<void> | undefined;
  armed?.arm(side, commit, () => (killed = before.engine.kill()));
  let settled = false;
  const asking = ask(before, old, asked).then(
    () => (settled = true),
    () => (settled = true),
  );
  await until(() => settled || armed?.crashed === true);
  if (armed?.crashed === false) {
    await asking;
    await before.engine.whenIdle();
  }
  const { crashed = false } = armed ?? {};
  await killed;

  await using after = await before.restart({
    ...(setup === undefined ? {} : { openStore: () => setup.reopen() }),
    wrapStore: (store) => store,
  });
  const taken = steps.slice(0, asked.fork?.fromStep ?? 0);
  for (const { id } of await others(after, old)) {
    // Complete, or not at all.
    expect(textsOf(await after.steps(id)).slice(0, taken.length), where).toEqual(textsOf(taken));
    expect(await after.engine.workflow(id), where).toMatchObject({ restartedFrom: { id: old } });
  }
  const again = await ask(after, old, asked);
  await after.engine.whenIdle();
  if (asked.terminate || asked.fork === null) {
    await after.send(again.id, "go", 7);
  }
  const end = await after.end(again.id);

  expect(
    (await others(after, old)).map(({ id }) => id),
    where,
  ).toEqual([again.id]);
  expect(end.status, where).toBe(asked.terminate ? "completed" : "failed");
  expect(textsOf(await after.steps(again.id)).slice(0, taken.length), where).toEqual(
    textsOf(taken),
  );
  const fromStep = asked.fork?.fromStep ?? null;
  const { restarts } = await after.engine.workflow(old);
  expect(restarts, where).toEqual([{ id: again.id, fromStep }]);
  // Except for a requested termination, the old workflow has not changed.
  expect(textsOf(await after.steps(old)), where).toEqual(textsOf(steps));
  const now = await after.info(old);
  const ended = { status: "cancelled", waiting: null, endedAt: now.endedAt } as const;
  expect(now, where).toEqual({ ...info, ...(asked.terminate ? ended : {}) });
  return crashed;
}

function textsOf(steps: readonly HistoryStep[]): readonly string[] {
  return steps.map(({ call, answer, at }) => `${at} ${call} ${answer}`);
}

/** What a crash during a restart of a workflow must not change, in any store. */
export function restartSweepContract(setup?: () => StoreSetup): void {
  describe.each(all)("$what", (asked) => {
    test.each(["before", "after"] as const)(
      "happens exactly once, and completely, if a crash comes just %s a transaction is durable",
      async (side) => {
        let crashes = 0;
        for (let crashed = true; crashed; crashes += crashed ? 1 : 0) {
          const fresh = setup?.();
          try {
            crashed = await crashAt(asked, side, crashes + 1, fresh);
          } finally {
            await fresh?.cleanUp();
          }
        }
        // The end of the old workflow, and the new one with its steps.
        expect(crashes).toBeGreaterThanOrEqual(asked.terminate ? 2 : 1);
      },
    );
  });
}
