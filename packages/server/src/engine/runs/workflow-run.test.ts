import { AtOnce } from "./at-once.ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MemoryWorkflowStore } from "../../store/memory-workflow-store.ts";
import { SentOnce } from "../../host-calls/sent-once.ts";
import { stepLine } from "../../journal/journal-line.ts";
import { FailingStore } from "../../testing/store-wrapper.ts";
import { ScriptedHttpClient } from "../../testing/scripted-http-client.ts";
import { storedWorkflow } from "../../testing/stored-workflow.ts";
import { globalTimers } from "../../time/timers.ts";
import { TestClock } from "../../testing/test-clock.ts";
import { turn, until } from "../../testing/until.ts";
import { Committer } from "../committer.ts";
import { defaultLimits } from "../limits.ts";
import { Residency, type Resident } from "./residency.ts";
import type { RunServices } from "./run-services.ts";
import { Turns } from "./turns.ts";
import { WorkflowRecord } from "./workflow-record.ts";
import { WorkflowRun } from "./workflow-run.ts";

const sleepCall = '{"Sleep":{"secs":1,"nanos":0}}';

/** An engine around one run, with the test in the role of its guests. */
class FakeEngine {
  readonly clock = new TestClock(0);
  readonly store = new FailingStore(new MemoryWorkflowStore());
  readonly committer = new Committer(this.store, true);
  readonly residency: Residency<Resident>;
  /** The journals that guests were started with. */
  readonly started: (readonly string[])[] = [];
  readonly resumed: (string | null)[] = [];
  dropped = 0;
  computing = 0;
  hasEnded = false;
  readonly failures: unknown[] = [];
  readonly run: WorkflowRun;
  readonly #services: RunServices;

  constructor(places: number, startGuest?: RunServices["guests"]["start"]) {
    this.residency = new Residency({ places, maxQueue: 1, idleMs: 60_000 });
    this.#services = {
      clock: this.clock,
      http: new ScriptedHttpClient(),
      retry: defaultLimits.retry,
      sentOnce: new SentOnce(),
      activities: { open: () => ({ attempt: 1, abort: () => undefined }) },
      observer: undefined,
      limits: defaultLimits,
      committer: this.committer,
      residency: this.residency,
      reading: new AtOnce(1),
      turns: new Turns(globalTimers),
      activity: { change: (_what, change) => void (this.computing += change) },
      wakeups: { add: () => undefined },
      trees: {
        admit: (_root, _depth, decide) => {
          decide();
          return () => undefined;
        },
      },
      updates: { reply: async () => undefined },
      workflows: { result: async () => '{"status":"cancelled"}', tell: async () => undefined },
      childStarts: { start: async () => undefined },
      guests: {
        readJournal: (record) => this.#readJournal(record),
        start: startGuest ?? ((_record, store) => this.#start(store)),
      },
      createChild: (parent) => {
        const child = storedWorkflow(2, { parent: parent.id });
        parent.add({ kind: "create", workflow: child });
        return this.newRun(new WorkflowRecord(child, []));
      },
      hideSecrets: (text) => text,
      acceptsEffects: () => true,
      failed: (error) => void this.failures.push(error),
    };
    this.run = this.newRun(new WorkflowRecord(storedWorkflow(1), null));
  }

  newRun(record: WorkflowRecord): WorkflowRun {
    return new WorkflowRun(this.#services, record, {
      logged: () => undefined,
      responded: () => undefined,
      ended: () => void (this.hasEnded = true),
      leftMemory: () => undefined,
    });
  }

  /** Waits until this many guests were started in all. */
  async guests(count: number): Promise<void> {
    await until(() => this.started.length === count);
    await turn();
  }

  async #readJournal(record: WorkflowRecord): Promise<readonly string[]> {
    if (record.isUntouched) {
      return [];
    }
    await this.committer.commit(record);
    const lines = await this.store.lines(record.id);
    record.readFrom(lines);
    return lines;
  }

  async #start(store: readonly string[]): ReturnType<RunServices["guests"]["start"]> {
    this.started.push(store);
    return {
      resume: (answer) => void this.resumed.push(answer),
      setCallerPresent: () => undefined,
      drop: () => void (this.dropped += 1),
    };
  }
}

async function running(places = 1): Promise<FakeEngine> {
  const engine = new FakeEngine(places);
  engine.run.activate();
  await engine.guests(1);
  return engine;
}

describe("a guest that is lost with its thread", () => {
  test("is rebuilt from its journal, which holds everything reported before", async () => {
    const engine = await running();
    const lines = stepLine(0, '"TimeNow"', "first");
    engine.run.yields({ type: "yields", guest: 1, lines, logs: [] });
    engine.run.lost(false);
    await engine.guests(2);

    expect(engine.started).toEqual([[], [lines]]);
    expect(engine.computing).toBe(1);
  });

  test("is rebuilt as often as necessary if another one was to blame", async () => {
    const engine = await running();
    for (let times = 2; times < 12; times += 1) {
      engine.run.lost(false);
      await engine.guests(times);
    }

    expect(engine.run.ended).toBe(false);
  });

  test("fails if its thread crashed under it three times", async () => {
    const engine = await running();
    engine.run.lost(true);
    await engine.guests(2);
    engine.run.lost(true);
    await engine.guests(3);
    engine.run.lost(true);
    await until(() => engine.hasEnded);

    expect(await engine.store.workflow(1)).toMatchObject({
      status: "failed",
      failure: {
        code: "PANIC",
        message: "the thread that ran this workflow broke down under it 3 times",
      },
    });
    expect(engine.computing).toBe(0);
  });

  test("while it waits is rebuilt only when its answer has come", async () => {
    const engine = await running();
    engine.run.waits({
      type: "waits",
      guest: 1,
      lines: "",
      logs: [],
      call: sleepCall,
      detail: null,
      madeAt: null,
    });
    engine.run.lost(false);
    await turn();
    expect(engine.started).toHaveLength(1);
    engine.clock.advance(1_000);
    engine.run.timeCame(1_000);
    await engine.guests(2);

    expect(engine.started[1]?.join("")).toBe(`I\t0\t${sleepCall}\t1000\nR\t1000\t"Unit"\n`);
    expect(engine.resumed).toEqual([]);
  });
});

describe("what others could see is durable without delay", () => {
  // Without timers, nothing is saved unless a save is requested immediately.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test("the answer to a request", async () => {
    const engine = await running();
    const config = { idempotent: false, timeout: { secs: 1, nanos: 0 }, response_body_limit: 10 };
    const request = { config, method: "POST", url: "http://site/", headers: [], body: "" };
    const call = JSON.stringify({ HTTPRequest: request });
    engine.run.waits({
      type: "waits",
      guest: 1,
      lines: "",
      logs: [],
      call,
      detail: null,
      madeAt: null,
    });
    await until(() => engine.resumed.length > 0);
    const attempts = engine.store.attempts.length;
    await until(() => engine.store.attempts.length > attempts);

    expect((await engine.store.lines(1)).join("")).toMatch(/^I\t0\t.*\tsent\nR\t0\t.*\n$/);
  });

  test("a child and its parent's record of it, in one transaction, before the child begins", async () => {
    const engine = await running(2);
    const call = '{"StartWorkflow":["child","null"]}';
    engine.run.waits({
      type: "waits",
      guest: 1,
      lines: "",
      logs: [],
      call,
      detail: null,
      madeAt: null,
    });
    await engine.guests(2);
    const kinds = engine.store.attempts.map((writes) => writes.map(({ kind }) => kind));

    expect(kinds).toEqual([["create", "append", "create"]]);
    expect((await engine.store.lines(1)).join("")).toContain(
      `S\t0\t${call}\t{"Value":{"I64":2}}\n`,
    );
  });
});

describe("a time that comes", () => {
  test("is ignored by a workflow that waits for a later one, or for none", async () => {
    const engine = await running();
    engine.run.waits({
      type: "waits",
      guest: 1,
      lines: "",
      logs: [],
      call: sleepCall,
      detail: null,
      madeAt: null,
    });
    engine.run.timeCame(999);
    expect(engine.resumed).toEqual([]);
    engine.run.timeCame(1_000);
    expect(engine.resumed).toEqual(['"Unit"']);
    engine.run.timeCame(1_000);

    expect(engine.resumed).toHaveLength(1);
  });
});

describe("an end", () => {
  test("counts once, whatever the guest reports afterwards", async () => {
    const engine = await running();
    engine.run.terminate();
    engine.run.ends({ lines: stepLine(0, "late", ""), logs: [], outcome: { status: "completed" } });
    engine.run.yields({ type: "yields", guest: 1, lines: "late", logs: [] });
    engine.run.responds({ type: "responds", guest: 1, lines: "late", logs: [], response: "late" });
    engine.run.lost(true);
    engine.run.terminate();
    await until(() => engine.hasEnded);
    await engine.committer.flush();

    expect(await engine.store.workflow(1)).toMatchObject({ status: "cancelled", response: null });
    expect(await engine.store.lines(1)).toEqual([]);
    expect(engine.dropped).toBe(1);
    expect(engine.computing).toBe(0);
  });

  test("gives its place to the next one", async () => {
    const engine = await running();
    const next = engine.newRun(new WorkflowRecord(storedWorkflow(2), null));
    next.activate();
    expect(engine.residency.queued).toBe(1);
    engine.run.ends({ lines: "", logs: [], outcome: { status: "completed" } });
    await engine.guests(2);

    expect(engine.residency.queued).toBe(0);
  });

  test("because its guest can't be started is a failure that frees its place", async () => {
    const engine = new FakeEngine(1, () => Promise.reject(new Error("no such module")));
    engine.run.activate();
    await until(() => engine.hasEnded);

    expect(engine.run.record.state).toMatchObject({
      status: "failed",
      failure: { code: "MODULE_UNUSABLE", message: "no such module" },
    });
    expect(engine.computing).toBe(0);
  });
});
