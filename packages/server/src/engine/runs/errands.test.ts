import { assert, describe, expect, test } from "vitest";
import { type StoredWorkflow, StoreWriteError } from "../../store/workflow-store.ts";
import { FailingStore } from "../../testing/store-wrapper.ts";
import { memoryModes, type TestEngineOptions } from "../../testing/test-engine.ts";
import { type PartitionCrash, TestPartitions } from "../../testing/test-partitions.ts";
import { isSettled, until } from "../../testing/until.ts";
import { fromPublicId, toPublicId } from "../../workflow/workflow-id.ts";
import type { Errand } from "../elsewhere.ts";

type Step = { readonly ask: readonly [string, unknown] } | { readonly call: unknown };

const receive = (...types: readonly string[]): Step => ({ call: { RecvMessage: [null, types] } });
const poll = (...types: readonly string[]): Step => ({
  call: { RecvMessage: [{ secs: 0, nanos: 0 }, types] },
});
const ask = (name: string, id: string, more: object = {}): Step => ({
  ask: [name, { id, ...more }],
});
const send = (id: string, data: unknown): Step => ask("send", id, { type: "go", data });
/** In tests, a key names its partition by a number. */
const start = (idempotencyKey: string, input: readonly Step[], more: object = {}): Step => ({
  ask: ["start", { workflow: "script", input, idempotencyKey, ...more }],
});
const result = (id: string): Step => ({ ask: ["run", { kind: "result", id }] });
const own = "$0.body.id";
const done = { status: 200, body: {} };
const cancel = "flawless:cancel";

async function told(partitions: TestPartitions, id: string): Promise<readonly unknown[]> {
  const partition = (fromPublicId(id) ?? 0) % partitions.engines.length;
  const { response } = await partitions.engine(partition).end(id);
  return JSON.parse(response ?? "null") as readonly unknown[];
}

describe.each(memoryModes)("workflows of other partitions, $mode", ({ limits }) => {
  test("are sent messages, cancelled and ended, and their results awaited", async () => {
    await using partitions = await TestPartitions.open(3, { limits });
    const gets = await partitions.engine(1).launch("script", [receive("go"), receive("go")]);
    const hears = await partitions.engine(2).launch("script", [receive(cancel), poll(cancel)]);
    const ends = await partitions.engine(2).launch("script", [receive("never")]);
    const id = await partitions
      .engine(0)
      .launch("script", [
        send(gets, 1),
        send(gets, [2]),
        ask("cancel", hears),
        ask("terminate", ends),
        ask("terminate", ends),
        result(gets),
        result(ends),
        result("wkf_1"),
      ]);
    expect(await told(partitions, id)).toMatchObject([
      done,
      done,
      done,
      done,
      done,
      {
        body: {
          status: "completed",
          response: [{ Message: ["go", "1"] }, { Message: ["go", "[2]"] }],
        },
      },
      { body: { status: "cancelled" } },
      { body: { status: "failed", error: { code: "WORKFLOW_NOT_FOUND" } } },
    ]);
    expect(await told(partitions, hears)).toEqual([{ Message: [cancel, "null"] }, "Timeout"]);
  });

  test("refuse what workflows of the same partition refuse", async () => {
    await using partitions = await TestPartitions.open(2, {
      limits: { ...limits, mailboxMessages: 1 },
    });
    const ended = await partitions.engine(1).launch("script", []);
    const full = await partitions.engine(1).launch("script", [receive("end")]);
    const id = await partitions
      .engine(0)
      .launch("script", [
        send("wkf_1", 1),
        send(ended, 1),
        ask("cancel", ended),
        ask("send", full, { type: cancel }),
        send(full, 1),
        send(full, 2),
        start("k1", []),
        start("k1", [poll("go")]),
        start("k1", [], { workflow: "none" }),
      ]);
    const refused = (status: number, code: string): object => ({
      status,
      body: { error: { code } },
    });
    expect(await told(partitions, id)).toMatchObject([
      refused(404, "WORKFLOW_NOT_FOUND"),
      refused(409, "WORKFLOW_ENDED"),
      refused(409, "WORKFLOW_ENDED"),
      refused(400, "INVALID_REQUEST"),
      done,
      refused(429, "LIMIT_REACHED"),
      { status: 200 },
      refused(409, "IDEMPOTENCY_CONFLICT"),
      refused(404, "WORKFLOW_NOT_FOUND"),
    ]);
  });

  test("are started once for a key, in the partition that it names, and know their parents", async () => {
    await using partitions = await TestPartitions.open(2, { limits });
    const child = [receive("go")];
    const ids = await Promise.all(
      [0, 1, 0].map((partition) =>
        partitions.engine(partition).launch("script", [start("k1", child), start("k2", child)]),
      ),
    );
    const answers = await Promise.all(ids.map((id) => told(partitions, id)));
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    const children = [0, 1].map(async (partition) =>
      (await partitions.workflows(partition)).filter(({ parent }) => parent !== null),
    );
    const [even, odd] = await Promise.all(children);
    expect(even).toMatchObject([{ idempotencyKey: "k2", depth: 1 }]);
    expect(odd).toMatchObject([{ idempotencyKey: "k1", depth: 1 }]);
    expect(ids).toContain(toPublicId(odd?.[0]?.parent ?? 0));
    expect(odd?.[0]?.root).toBe(odd?.[0]?.parent);
  });
});

test("children elsewhere are cancelled when their parent ends, and with its whole tree", async () => {
  await using partitions = await TestPartitions.open(2);
  const hears = [receive(cancel), { ask: ["fail", { error: { name: "Cancelled" } }] } as const];
  const bound = { onParentEnd: "cancel" };
  await partitions
    .engine(0)
    .launch("script", [start("k1", hears, bound), start("k3", hears, bound), start("k5", hears)]);
  const root = await partitions.engine(0).launch("script", [start("k7", hears), receive(cancel)]);
  const running = async (): Promise<readonly (string | null)[]> =>
    (await partitions.workflows(1))
      .filter(({ status }) => status === "running")
      .map(({ idempotencyKey }) => idempotencyKey);
  await expect.poll(running, { timeout: 20_000 }).toEqual(["k5", "k7"]);
  await partitions.engine(0).engine.end(root, "cancel", { tree: true });
  await expect.poll(running, { timeout: 20_000 }).toEqual(["k5"]);
});

test("a child that arrives after its parent's end is cancelled", async () => {
  await using partitions = await TestPartitions.open(2);
  const waits = [receive("never")];
  partitions.answers = () => false;
  const id = await partitions
    .engine(0)
    .launch("script", [start("k1", waits, { onParentEnd: "cancel" })]);
  await partitions.whenBrought(1);
  await partitions.engine(0).engine.terminate(id);
  await expect
    .poll(async () => (await partitions.workflows(1)).map(({ cancelBy }) => cancelBy), {
      timeout: 20_000,
    })
    .toEqual([expect.any(Number)]);
});

test("a late errand does nothing", async () => {
  await using partitions = await TestPartitions.open(2);
  const other = await partitions
    .engine(1)
    .launch("script", [receive("go"), receive("go"), receive("end"), poll("go")]);
  const id = await partitions.engine(0).launch("script", [send(other, 1), send(other, 2)]);
  await told(partitions, id);
  for (const late of partitions.brought) {
    const answer = await partitions.engine(1).engine.runErrand(late);
    expect(answer).toMatchObject({ kind: "done", changed: false });
  }
  await partitions.engine(1).send(other, "end", 0);
  expect((await told(partitions, other)).at(-1)).toBe("Timeout");
});

test("what was requested elsewhere is not requested here again, once both are in one partition", async () => {
  // As after a copy into one directory.
  await using partitions = await TestPartitions.open(2);
  partitions.answers = () => false;
  const other = await partitions.engine(1).launch("script", [receive("go"), poll("go")]);
  const id = await partitions.engine(0).launch("script", [send(other, 1)]);
  await partitions.whenBrought(2);
  const [errand] = partitions.brought;
  const { by, work } = errand as Errand;
  expect([by?.run, work.kind]).toEqual([1, "tell"]);
  await using whole = await partitions.merged();
  expect(JSON.parse((await whole.end(id)).response ?? "null")).toEqual([done]);
  expect(await whole.end(other)).toMatchObject({
    response: JSON.stringify([{ Message: ["go", "1"] }, "Timeout"]),
  });
});

/** A store on a disk that a test can fill while the store looks up a key. */
class SlowlySearchedStore extends FailingStore {
  readonly searched: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly goOn: PromiseWithResolvers<void> = Promise.withResolvers();

  override async workflowByIdempotencyKey(key: string): Promise<StoredWorkflow | undefined> {
    this.searched.resolve();
    await this.goOn.promise;
    return super.workflowByIdempotencyKey(key);
  }
}

test("a child whose database refuses writes at that moment is waited for, and never denied", async () => {
  let disk: SlowlySearchedStore | undefined;
  const began = Promise.withResolvers<void>();
  await using partitions = await TestPartitions.open(2, {
    wrapStore: (store, partition) =>
      partition === 0 ? store : (disk = new SlowlySearchedStore(store)),
    observers: [
      {
        workflowStarted: ({ parent }) => {
          if (parent !== null) {
            began.resolve();
          }
        },
      },
    ],
  });
  assert(disk !== undefined);
  const { engine } = partitions.engine(1);
  const id = await partitions
    .engine(0)
    .launch("script", [start("k1", [receive("go")]), send(own, 1), result(own)]);
  await disk.searched.promise;
  disk.failure = new StoreWriteError("No space left on device", { retryable: true });
  const other = partitions.engine(1).startText("script", "[]", { detached: true });
  await until(() => engine.health().status === "degraded");
  disk.goOn.resolve();
  await began.promise;
  // Anything reported now would have been reported before this.
  await isSettled(other);
  disk.failure = undefined;
  const completed = { body: { status: "completed", response: [{ Message: ["go", "1"] }] } };
  expect(await told(partitions, id)).toMatchObject([{ status: 200 }, done, completed]);
  await other;
});

/** The state of a workflow and its children when all has come to rest after a crash. */
interface SweptPartitions {
  readonly where: string;
  readonly crashed: boolean;
  /** Undefined if its start was not durable. */
  readonly root: StoredWorkflow | undefined;
  readonly children: readonly StoredWorkflow[];
}

async function crashedAt(
  crash: PartitionCrash,
  script: readonly Step[],
  options: TestEngineOptions,
): Promise<SweptPartitions> {
  await using partitions = await TestPartitions.open(2, options, crash);
  let started = false;
  partitions
    .engine(0)
    .startText("script", JSON.stringify(script), { detached: true })
    .then(
      () => (started = true),
      () => undefined,
    );
  await partitions.settled(() => partitions.crashed || started);
  const [root] = await partitions.workflows(0);
  return {
    where: `crash ${crash.side} transaction ${crash.commit} of partition ${crash.partition}`,
    crashed: partitions.crashed,
    root,
    children: await partitions.workflows(1),
  };
}

test.each([
  ["grouped", memoryModes[0]],
  ["each change a transaction", memoryModes[1]],
])("whenever either side crashes, all is done once, %s", async (grouped, { limits }) => {
  const options = { limits, groupCommits: grouped === "grouped" };
  const child = [receive("go"), receive("go"), poll("go")];
  const script = [
    start("k1", child, { onParentEnd: "cancel" }),
    send(own, 1),
    send(own, 2),
    result(own),
    start("k1", child, { onParentEnd: "cancel" }),
    start("k3", [receive("never")]),
    ask("terminate", "$5.body.id"),
  ];
  const swept: SweptPartitions[] = [];
  for (const partition of [0, 1]) {
    for (const side of ["before", "after"] as const) {
      for (let commit = 1; ; commit += 1) {
        const run = await crashedAt({ partition, side, commit }, script, options);
        if (!run.crashed) {
          break;
        }
        swept.push(run);
      }
    }
  }
  const begun = swept.flatMap(({ root, ...run }) => (root === undefined ? [] : [{ root, ...run }]));
  expect(begun.length).toBeGreaterThan(20);
  for (const { root, children, where } of begun) {
    const answers = JSON.parse(root.response ?? "null") as readonly unknown[];
    expect(answers, where).toMatchObject([
      { status: 200 },
      done,
      done,
      { body: { status: "completed" } },
      { status: 200 },
      { status: 200 },
      done,
    ]);
    expect(answers[4], where).toEqual(answers[0]);
    expect(children, where).toMatchObject([
      { idempotencyKey: "k1", status: "completed", parent: root.id },
      { idempotencyKey: "k3", status: "cancelled", parent: root.id },
    ]);
    expect(JSON.parse(children[0]?.response ?? "null"), where).toEqual([
      { Message: ["go", "1"] },
      { Message: ["go", "2"] },
      "Timeout",
    ]);
  }
});
