import type { FixtureName } from "@flawless-ts/test-helpers/fixtures";
import type { MemoryStorage } from "../store/memory-storage.ts";
import type { WorkflowStore, StoreWrite } from "../store/workflow-store.ts";
import type { EngineLimitOptions } from "../engine/limits.ts";
import type { UpdateReply, WorkflowInfo } from "../engine/index.ts";
import { toPublicId } from "../workflow/workflow-id.ts";
import type { StoreSetup } from "./store-contract/test-store.ts";
import { StoreWrapper } from "./store-wrapper.ts";
import { requestLine, ScriptedHttpClient } from "./scripted-http-client.ts";
import { TestEngine } from "./test-engine.ts";
import { until } from "./until.ts";

/** More than the workflows in a sweep. */
const maxWorkflows = 100;

/** Where an engine crashes: just before or just after its n-th transaction (from 1 on) is durable. */
export interface CrashPoint {
  readonly side: "before" | "after";
  readonly commit: number;
}

/** The workflow of a sweep, and what the outside world does for it. */
export interface SweptWorkflow {
  /** Default `conformance`. */
  readonly module?: FixtureName;
  readonly workflow: string;
  readonly input: unknown;
  readonly limits?: EngineLimitOptions;
  /** Like the engine's option. */
  readonly groupCommits?: boolean;
  /** The store, fresh for each run. Default: memory. */
  readonly setup?: () => StoreSetup;
  /** Sent whenever the workflow waits for a message; numbered from 1. */
  readonly message?: { readonly type: string; data(number: number): unknown };
  /** Whether it is cancelled as soon as it waits. */
  readonly cancel?: boolean;
  /** Sent whenever the workflow waits for a message, and at the end: always the same update. */
  readonly update?: { readonly type: string; readonly data: unknown };
}

/** The result of a run, when everything has settled. */
export interface SweptRun {
  /** False if the workflow ended before that point. */
  readonly crashed: boolean;
  /** Undefined if the crash came before the start was durable: nobody knew that it had started. */
  readonly workflow: WorkflowInfo | undefined;
  readonly children: readonly WorkflowInfo[];
  /** The requests that the outside world got: method, path and body. */
  readonly requests: readonly string[];
  /** The requests that were reported to the guest as interrupted. */
  readonly interrupted: readonly string[];
  /** The response that the caller got before the crash; undefined if it got none. */
  readonly told: string | null | undefined;
  /** The numbers of the messages that were accepted. */
  readonly accepted: readonly number[];
  /** The reply to the update, at the end. */
  readonly reply: UpdateReply | null;
  /** The workflow's notes by name, at the end. */
  readonly notes: Readonly<Record<string, string>>;
  /** What was durable when the crash came. */
  readonly atCrash: { readonly lines: string; readonly notes: Readonly<Record<string, string>> };
}

/** Crashes its engine at one point: from then on it does nothing and settles nothing. */
export class CrashingStore extends StoreWrapper {
  readonly #point: CrashPoint;
  readonly #crash: () => void;
  #commits = 0;
  #crashed = false;

  constructor(inner: WorkflowStore, point: CrashPoint, crash: () => void) {
    super(inner);
    this.#point = point;
    this.#crash = crash;
  }

  override async commit(writes: readonly StoreWrite[]): Promise<void> {
    // The module is deployed before the sweep begins.
    const counts = writes.some(({ kind }) => kind !== "deploy");
    this.#commits += counts ? 1 : 0;
    const isPoint = counts && this.#commits === this.#point.commit;
    if (!this.#crashed && !(isPoint && this.#point.side === "before")) {
      await super.commit(writes);
    }
    if (isPoint) {
      this.#crashed = true;
      this.#crash();
    }
    if (this.#crashed) {
      await new Promise<never>(() => undefined);
    }
  }
}

/** Runs the workflow with a crash at that point (or none), and then to its end in a second engine. */
export async function runWithCrash(
  swept: SweptWorkflow,
  point: CrashPoint | null,
): Promise<SweptRun> {
  const setup = swept.setup?.();
  try {
    return await crashAndGoOn(swept, point, setup);
  } finally {
    await setup?.cleanUp();
  }
}

async function crashAndGoOn(
  swept: SweptWorkflow,
  point: CrashPoint | null,
  setup: StoreSetup | undefined,
): Promise<SweptRun> {
  const http = new ScriptedHttpClient();
  let crashed = false;
  let killed: Promise<void> | undefined;
  const crash = (): void => {
    crashed = true;
    killed = before.engine.kill();
  };
  const before: TestEngine = await TestEngine.open({
    http,
    limits: swept.limits ?? {},
    groupCommits: swept.groupCommits ?? true,
    module: swept.module ?? "conformance",
    ...(setup === undefined ? {} : { openStore: () => setup.open() }),
    wrapStore: (store) => (point === null ? store : new CrashingStore(store, point, crash)),
  });
  let told: string | null | undefined;
  before.startText(swept.workflow, JSON.stringify(swept.input)).then(
    ({ response }) => (told = response),
    () => undefined,
  );
  const mail: Mail = { sent: 0, accepted: [] };
  await drive(before, swept, mail, () => crashed);
  const atCrash = keptOf(before.storage);
  // As in another process: the store is closed before it is opened again.
  await killed;
  await using after = await before.restart({
    ...(setup === undefined ? {} : { openStore: () => setup.reopen() }),
    wrapStore: (store) => store,
  });
  await drive(after, swept, mail, () => false);
  const { workflows } = await after.engine.list();
  const workflow = workflows.find(({ parent }) => parent === null);
  return {
    crashed,
    workflow,
    reply: workflow === undefined ? null : await ask(after, workflow.id, swept),
    children: workflows.filter(({ parent }) => parent !== null),
    requests: http.sent.map(requestLine),
    interrupted: await interruptedIn(after.store),
    told,
    accepted: mail.accepted,
    notes: keptOf(after.storage).notes,
    atCrash,
  };
}

/** The result after a crash at one point of a workflow whose start was durable. */
export interface CrashedRun {
  /** The message of failed assertions. */
  readonly where: string;
  readonly run: SweptRun;
  readonly workflow: WorkflowInfo;
}

/** Runs a workflow repeatedly, with a crash before and after each of its transactions. */
export async function crashedRuns(swept: SweptWorkflow): Promise<readonly CrashedRun[]> {
  const runs: CrashedRun[] = [];
  for (const side of ["before", "after"] as const) {
    for (let commit = 1; ; commit += 1) {
      const run = await runWithCrash(swept, { side, commit });
      if (!run.crashed) {
        break;
      }
      if (run.workflow !== undefined) {
        runs.push({ where: `crash ${side} transaction ${commit}`, run, workflow: run.workflow });
      }
    }
  }
  return runs;
}

interface Mail {
  sent: number;
  readonly accepted: number[];
}

/** Advances time and sends messages until no workflow is running, or the engine has crashed. */
async function drive(
  engine: TestEngine,
  swept: SweptWorkflow,
  mail: Mail,
  crashed: () => boolean,
): Promise<void> {
  const { cancel = false, message, update } = swept;
  for (;;) {
    await engine.engine.whenIdle();
    await until(() => crashed() || engine.engine.requestsUnderWay === 0);
    if (crashed()) {
      return;
    }
    // The workflow that was started first.
    const running = (await engine.store.list({ status: "running", limit: maxWorkflows })).at(-1);
    if (running === undefined && engine.engine.statistics().computing === 0) {
      return;
    }
    if (cancel && running !== undefined && running.waiting !== null && running.cancelBy === null) {
      // Not awaited, and not repeated after a crash if it was durable.
      engine.engine.cancel(toPublicId(running.id)).catch(() => undefined);
    } else if (running?.waiting?.on === "message" && message !== undefined) {
      if ((await engine.store.mailbox(running.id)).length === 0) {
        await sendNext(engine, running.id, message, mail, crashed);
      }
    } else if (running?.waiting?.on === "message" && update !== undefined) {
      ask(engine, toPublicId(running.id), swept).catch(() => undefined);
    } else if (running?.waiting?.on === "sleep" || running?.waiting?.on === "operations") {
      await engine.pass(20);
    }
  }
}

async function ask(
  { engine }: TestEngine,
  id: string,
  { update }: SweptWorkflow,
): Promise<UpdateReply | null> {
  if (update === undefined) {
    return null;
  }
  const request = { key: "the update", type: update.type, data: JSON.stringify(update.data) };
  return engine.update(id, request, { timeoutMs: 60_000 });
}

/** The data of the workflow that a caller started. */
function keptOf({ workflows }: MemoryStorage): SweptRun["atCrash"] {
  const entry = [...workflows.values()].find(({ workflow }) => workflow.parent === null);
  return { lines: entry?.lines.join("") ?? "", notes: Object.fromEntries(entry?.notes ?? []) };
}

async function sendNext(
  { engine }: TestEngine,
  id: number,
  { type, data }: NonNullable<SweptWorkflow["message"]>,
  mail: Mail,
  crashed: () => boolean,
): Promise<void> {
  const number = ++mail.sent;
  let settled = false;
  // Not awaited: it may never settle if the crash comes right now.
  void engine.send(toPublicId(id), type, JSON.stringify(data(number))).then(
    () => {
      mail.accepted.push(number);
      settled = true;
    },
    () => (settled = true),
  );
  await until(() => settled || crashed());
}

/** Every request whose recorded answer says that it was interrupted. */
async function interruptedIn(store: WorkflowStore): Promise<readonly string[]> {
  const ids = await store.ids({ limit: maxWorkflows });
  const journals = await Promise.all(ids.toReversed().map((id) => store.lines(id)));
  return journals.flatMap((lines) => {
    const all = lines.join("").split("\n");
    return all.flatMap((line, index) => {
      const url = /"url":"([^"]*)"/.exec(all[index - 1] ?? "")?.[1];
      const isInterruption = line.startsWith("R\t") && line.includes("RequestInterrupted");
      return isInterruption && url !== undefined ? [new URL(url).pathname] : [];
    });
  });
}
