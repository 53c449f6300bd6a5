import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MemoryJournal } from "../../journal/memory-journal.ts";
import { stepLine } from "../../journal/journal-line.ts";
import { TroubledJournal } from "../../testing/journal-wrapper.ts";
import { ScriptedHttpClient } from "../../testing/scripted-http-client.ts";
import { storedWorkflow } from "../../testing/stored-workflow.ts";
import { TestClock } from "../../testing/test-clock.ts";
import { turn, until } from "../../testing/until.ts";
import { Committer } from "../committer.ts";
import { defaultLimits } from "../limits.ts";
import { Residency } from "./residency.ts";
import type { RunHost } from "./run-host.ts";
import { WorkflowRecord } from "./workflow-record.ts";
import { WorkflowRun } from "./workflow-run.ts";

const sleepCall = '{"Sleep":{"secs":1,"nanos":0}}';

/** An engine around one run, whose guests are the test. */
class FakeHost implements RunHost {
  readonly clock = new TestClock(0);
  readonly http = new ScriptedHttpClient();
  readonly limits = defaultLimits;
  readonly journal = new TroubledJournal(new MemoryJournal());
  readonly committer = new Committer(this.journal, true);
  readonly residency: Residency<WorkflowRun>;
  readonly mayAct = true;
  /** The journals that guests were started with. */
  readonly started: (readonly string[])[] = [];
  readonly resumed: (string | null)[] = [];
  dropped = 0;
  computing = 0;
  hasEnded = false;
  readonly failures: unknown[] = [];

  readonly run = new WorkflowRun(this, 1, new WorkflowRecord(storedWorkflow(1), null));

  constructor(places: number) {
    this.residency = new Residency({ places, maxQueue: 1, idleMs: 60_000 });
  }

  async startGuest(
    _run: WorkflowRun,
    journal: readonly string[],
  ): ReturnType<RunHost["startGuest"]> {
    this.started.push(journal);
    return {
      resume: (answer) => void this.resumed.push(answer),
      callerIs: () => undefined,
      drop: () => void (this.dropped += 1),
    };
  }

  admitChild(_parent: WorkflowRun, decide: (refusal?: string) => void): () => void {
    decide();
    return () => undefined;
  }

  createChild(parent: WorkflowRun): WorkflowRun {
    const child = storedWorkflow(2, { parent: parent.id });
    parent.record.add({ kind: "create", workflow: child });
    return new WorkflowRun(this, child.id, new WorkflowRecord(child, []));
  }

  wakeLater(): void {}

  responded(): void {}

  ended(): void {
    this.hasEnded = true;
  }

  leftMemory(): void {}

  hideSecrets(text: string): string {
    return text;
  }

  logged(): void {}

  busy(_what: "computing" | "requesting", change: 1 | -1): void {
    this.computing += change;
  }

  failed(error: unknown): void {
    this.failures.push(error);
  }

  /** Waits until so many guests were started in all. */
  async guests(count: number): Promise<void> {
    await until(() => this.started.length === count);
    await turn();
  }
}

async function running(places = 1): Promise<FakeHost> {
  const host = new FakeHost(places);
  host.run.activate();
  await host.guests(1);
  return host;
}

describe("a guest that is lost with its thread", () => {
  test("is rebuilt from its journal, which holds all that was reported before", async () => {
    const host = await running();
    const lines = stepLine(0, '"TimeNow"', "first");
    host.run.yields({ type: "yields", guest: 1, lines, logs: [] });
    host.run.lost(false);
    await host.guests(2);

    expect(host.started).toEqual([[], [lines]]);
    expect(host.computing).toBe(1);
  });

  test("is rebuilt as often as need be where another one was to blame", async () => {
    const host = await running();
    for (let times = 2; times < 12; times += 1) {
      host.run.lost(false);
      await host.guests(times);
    }

    expect(host.run.ended).toBe(false);
  });

  test("fails where its thread broke down under it three times", async () => {
    const host = await running();
    host.run.lost(true);
    await host.guests(2);
    host.run.lost(true);
    await host.guests(3);
    host.run.lost(true);
    await until(() => host.hasEnded);

    expect(await host.journal.workflow(1)).toMatchObject({
      status: "failed",
      failure: {
        code: "PANIC",
        message: "the thread that ran this workflow broke down under it 3 times",
      },
    });
    expect(host.computing).toBe(0);
  });

  test("while it waits is rebuilt only when its answer has come", async () => {
    const host = await running();
    host.run.waits({
      type: "waits",
      guest: 1,
      lines: "",
      logs: [],
      call: sleepCall,
      detail: null,
      madeAt: null,
    });
    host.run.lost(false);
    await turn();
    expect(host.started).toHaveLength(1);
    host.clock.advance(1_000);
    host.run.timeCame(1_000);
    await host.guests(2);

    expect(host.started[1]?.join("")).toBe(`I\t0\t${sleepCall}\t1000\nR\t1000\t"Unit"\n`);
    expect(host.resumed).toEqual([]);
  });
});

describe("what others could see is durable without delay", () => {
  // Without timers nothing is saved that nobody asked to be saved now.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test("the answer to a request", async () => {
    const host = await running();
    const config = { idempotent: false, timeout: { secs: 1, nanos: 0 }, response_body_limit: 10 };
    const request = { config, method: "POST", url: "http://site/", headers: [], body: "" };
    const call = JSON.stringify({ HTTPRequest: request });
    host.run.waits({
      type: "waits",
      guest: 1,
      lines: "",
      logs: [],
      call,
      detail: null,
      madeAt: null,
    });
    await until(() => host.resumed.length > 0);
    const attempts = host.journal.attempts.length;
    await until(() => host.journal.attempts.length > attempts);

    expect((await host.journal.lines(1)).join("")).toMatch(/^I\t0\t.*\tsent\nR\t0\t.*\n$/);
  });

  test("a child and its parent's record of it, in one transaction, before the child begins", async () => {
    const host = await running(2);
    const call = '{"StartWorkflow":["child","null"]}';
    host.run.waits({
      type: "waits",
      guest: 1,
      lines: "",
      logs: [],
      call,
      detail: null,
      madeAt: null,
    });
    await host.guests(2);
    const kinds = host.journal.attempts.map((writes) => writes.map(({ kind }) => kind));

    expect(kinds).toEqual([["create", "append", "create"]]);
    expect((await host.journal.lines(1)).join("")).toContain(
      `S\t0\t${call}\t{"Value":{"I64":2}}\n`,
    );
  });
});

describe("a time that comes", () => {
  test("is ignored by one that waits for a later one, or for none", async () => {
    const host = await running();
    host.run.waits({
      type: "waits",
      guest: 1,
      lines: "",
      logs: [],
      call: sleepCall,
      detail: null,
      madeAt: null,
    });
    host.run.timeCame(999);
    expect(host.resumed).toEqual([]);
    host.run.timeCame(1_000);
    expect(host.resumed).toEqual(['"Unit"']);
    host.run.timeCame(1_000);

    expect(host.resumed).toHaveLength(1);
  });
});

describe("an end", () => {
  test("counts once, whatever is heard of the guest afterwards", async () => {
    const host = await running();
    host.run.cancel();
    host.run.ends({ lines: stepLine(0, "late", ""), logs: [], outcome: { status: "completed" } });
    host.run.yields({ type: "yields", guest: 1, lines: "late", logs: [] });
    host.run.responds({ type: "responds", guest: 1, lines: "late", logs: [], response: "late" });
    host.run.lost(true);
    host.run.cancel();
    await until(() => host.hasEnded);
    await host.committer.flush();

    expect(await host.journal.workflow(1)).toMatchObject({ status: "cancelled", response: null });
    expect(await host.journal.lines(1)).toEqual([]);
    expect(host.dropped).toBe(1);
    expect(host.computing).toBe(0);
  });

  test("gives its place to the next one", async () => {
    const host = await running();
    const next = new WorkflowRun(host, 2, new WorkflowRecord(storedWorkflow(2), null));
    next.activate();
    expect(host.residency.queued).toBe(1);
    host.run.ends({ lines: "", logs: [], outcome: { status: "completed" } });
    await host.guests(2);

    expect(host.residency.queued).toBe(0);
  });

  test("because its guest can't be started is a failure that frees its place", async () => {
    const host = new FakeHost(1);
    host.startGuest = () => Promise.reject(new Error("no such module"));
    host.run.activate();
    await until(() => host.hasEnded);

    expect(host.run.record.state).toMatchObject({
      status: "failed",
      failure: { code: "MODULE_UNUSABLE", message: "no such module" },
    });
    expect(host.computing).toBe(0);
  });
});
