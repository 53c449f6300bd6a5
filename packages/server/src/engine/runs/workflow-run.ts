import { decodeHostCall, encodeHostAnswer, type HostAnswer } from "@flawless-ts/wasm-module";
import { EngineError } from "../../errors.ts";
import {
  type GuestHandle,
  type GuestListener,
  NoThreadError,
} from "../../executor/executor-pool.ts";
import type { FromThread } from "../../executor/messages.ts";
import { beginCall } from "../../host-calls/begin-call.ts";
import { excessOf } from "../../journal/journal-size.ts";
import type { EngineCall, WaitingCall } from "../../host-calls/waiting-call.ts";
import { CallContext } from "./call-context.ts";
import type { ObservedWorkflow } from "../observing/engine-observer.ts";
import { shortened } from "../shortened.ts";
import { tellCalls, toObserved } from "../observing/observed-workflow.ts";
import type { Resident } from "./residency.ts";
import type { RunHost } from "./run-host.ts";
import type { WorkflowStatus } from "../types.ts";
import type { WorkflowFailure } from "../../workflow/workflow-failure.ts";
import type { WorkflowRecord } from "./workflow-record.ts";

/** A guest whose thread broke down under it so often is to blame. */
const mostCrashes = 3;

/** Characters of a failure's message: a guest may panic with a text as large as its memory. */
const failureCharacters = 16 * 1024;

/** After a journal could not be read, or no thread be had. */
const tryAgainMs = 1_000;

/** What keeps a guest from being started has nothing to do with its workflow. */
class NotNow extends Error {}

/** `still`: not asked to run; `starting`: it waits for a place or its journal is read. */
type Phase = "still" | "starting" | "computing" | "waiting" | "ended";

/** Leads one workflow from call to call. Its guest may be in memory or not. */
export class WorkflowRun implements Resident, GuestListener {
  readonly id: number;
  readonly record: WorkflowRecord;
  /** Of the request that started it, where that is known. */
  requestId: string | null = null;
  readonly #host: RunHost;
  #phase: Phase = "still";
  #guest: GuestHandle | undefined;
  #call: EngineCall | undefined;
  #waitingCall: WaitingCall | undefined;
  #hasCaller = false;
  #crashes = 0;
  #observed: ObservedWorkflow | undefined;

  constructor(host: RunHost, id: number, record: WorkflowRecord) {
    this.#host = host;
    this.id = id;
    this.record = record;
    if (record.state.status !== "running") {
      this.#phase = "ended";
    }
  }

  /** As observers are told of it. */
  get observed(): ObservedWorkflow {
    this.#observed ??= toObserved(this.record.workflow, this.requestId);
    return this.#observed;
  }

  get ended(): boolean {
    return this.#phase === "ended";
  }

  get root(): number {
    return this.record.root;
  }

  /** Whether nothing happens to it until it is woken: once it is saved, it may be forgotten. */
  get atRest(): boolean {
    const rests =
      this.#phase === "still" ||
      this.#phase === "ended" ||
      (this.#phase === "waiting" && (this.#waitingCall?.canLeaveMemory ?? false));
    return rests && this.#guest === undefined;
  }

  /** Lets the workflow go on from its journal. */
  activate(): void {
    if (this.#phase === "still") {
      if (this.record.state.wakeAt !== 0) {
        this.record.change({ wakeAt: 0, waiting: null });
      }
      this.#enterPhase("starting");
      this.#host.residency.request(this);
    }
  }

  /** A message comes into the mailbox; durable with the next commit. */
  receive(type: string, data: string): void {
    this.record.receive(type, data, this.#host.clock.now());
    const { waiting } = this.record.state;
    if (this.#waitingCall !== undefined) {
      this.#waitingCall.messageCame?.();
    } else if (waiting?.on === "message" && waiting.types.includes(type)) {
      this.activate();
    }
  }

  /** A time to wake up has come; it is ignored where the workflow waits for a later one. */
  timeCame(time: number): void {
    const { wakeAt } = this.record.state;
    if (wakeAt === null || wakeAt > time) {
      return;
    }
    if (this.#waitingCall !== undefined) {
      this.#waitingCall.timeCame?.();
    } else {
      this.activate();
    }
  }

  /** Whether someone waits for the response. */
  get hasCaller(): boolean {
    return this.#hasCaller;
  }

  callerIs(present: boolean): void {
    this.#hasCaller = present;
    this.#guest?.callerIs(present);
  }

  /** Nobody waits for the response any more. */
  callerLeft(): void {
    this.callerIs(this.record.detached);
  }

  cancel(): void {
    this.#end("cancelled", null);
  }

  /** The engine stops: nothing more happens here, and nothing more is saved. */
  abandon(): void {
    this.#waitingCall?.cancel?.();
    this.#waitingCall = undefined;
    this.#guest?.drop();
    this.#guest = undefined;
    this.#enterPhase("ended");
  }

  enter(): void {
    this.#startGuest().catch((error: unknown) => {
      this.#host.residency.left(this);
      if (error instanceof NotNow) {
        this.#tryAgainLater(error);
      } else {
        this.#fail({ code: "MODULE_UNUSABLE", message: messageOf(error) });
      }
    });
  }

  leave(): void {
    this.#guest?.drop();
    this.#guest = undefined;
    this.#host.observer?.workflowSuspended?.(this.observed, this.#host.clock.now());
    this.#host.leftMemory(this);
  }

  waits(message: Extract<FromThread, { type: "waits" }>): void {
    this.#take(message);
    if (this.ended) {
      return;
    }
    // The thread has decoded the call before, and hands over only kinds that the engine answers.
    const call = decodeHostCall(message.call) as EngineCall;
    if (call.kind === "HTTPRequest" && !this.#host.mayAct) {
      // The engine is closing. The journal does not know of this call: the next engine makes it.
      return;
    }
    this.#call = call;
    const context = new CallContext(this.#host, this, message, {
      answer: (answer) => this.#answer(answer),
      fail: (message, code) => this.#fail({ code, message }),
    });
    const { observer, clock } = this.#host;
    observer?.callBegan?.(this.observed, call.kind, message.call, clock.now());
    const waitingCall = beginCall(call, context);
    if (context.isOpen && !this.ended) {
      this.#waitingCall = waitingCall;
      this.#enterPhase("waiting");
      this.#save();
      this.#host.residency.waits(this, this.#sleepsMs());
    }
  }

  yields(message: Extract<FromThread, { type: "yields" }>): void {
    this.#take(message);
    const guest = this.#guest;
    this.#host.committer.commit(this.record).then(
      () => guest?.resume(null, this.#host.clock.now()),
      (error: unknown) => this.#host.failed(error),
    );
  }

  responds(message: Extract<FromThread, { type: "responds" }>): void {
    this.#take(message);
    if (this.record.state.response === null && !this.ended) {
      this.record.change({ response: message.response });
    }
    this.#host.committer.commit(this.record).then(
      () => this.#host.responded(this),
      (error: unknown) => this.#host.failed(error),
    );
  }

  ends(message: Pick<Extract<FromThread, { type: "ends" }>, "lines" | "logs" | "outcome">): void {
    this.#guest = undefined;
    this.#take(message);
    if (message.outcome.status === "completed") {
      this.#end("completed", null);
    } else {
      this.#fail({ code: message.outcome.code, message: message.outcome.message });
    }
  }

  lost(crashed: boolean): void {
    this.#guest = undefined;
    this.#host.residency.left(this);
    this.#crashes += crashed ? 1 : 0;
    if (this.#crashes >= mostCrashes) {
      const message = `the thread that ran this workflow broke down under it ${mostCrashes} times`;
      this.#fail({ code: "PANIC", message });
    } else if (this.#phase === "computing" || this.#phase === "starting") {
      this.#enterPhase("starting");
      this.#host.residency.request(this);
    }
  }

  async #startGuest(): Promise<void> {
    let journal: readonly string[] = [];
    if (!this.record.isUntouched) {
      journal = await this.#readJournal();
      this.record.readFrom(journal);
    }
    if (this.ended) {
      return;
    }
    const guest = await this.#host.startGuest(this, journal).catch((error: unknown) => {
      throw mayPass(error) ? new NotNow(messageOf(error), { cause: error }) : error;
    });
    if (this.ended) {
      guest.drop();
      return;
    }
    this.#guest = guest;
    if (journal.length > 0) {
      this.#host.observer?.workflowResumed?.(this.observed, this.#host.clock.now());
    }
    guest.callerIs(this.#hasCaller);
    this.#enterPhase("computing");
    this.#host.committer.soon(this.record);
  }

  async #readJournal(): Promise<readonly string[]> {
    try {
      // That it runs again need not be known to the journal: it would be woken again after a crash.
      if (this.record.mayLackLines) {
        await this.#host.committer.commit(this.record);
      }
      return await this.#host.journal.lines(this.id);
    } catch (error) {
      throw new NotNow(messageOf(error), { cause: error });
    }
  }

  /** The workflow is not to blame: it stays as it is, and its turn comes again. */
  #tryAgainLater(error: NotNow): void {
    if (!this.ended) {
      this.#enterPhase("still");
      this.#host.failed(error.cause);
      this.#host.clock.setTimer(this.#host.clock.now() + tryAgainMs, () => this.activate());
    }
  }

  #answer(answer: HostAnswer): void {
    const isRequest = this.#call?.kind === "HTTPRequest";
    this.#waitingCall = undefined;
    this.#call = undefined;
    if (this.record.state.wakeAt !== 0) {
      this.record.change({ wakeAt: 0, waiting: null });
    } else if (this.record.state.waiting !== null) {
      this.record.change({ waiting: null });
    }
    if (isRequest) {
      // An effect that has happened is made durable without delay.
      this.#save();
    } else {
      this.#host.committer.soon(this.record);
    }
    if (this.#guest === undefined) {
      this.#enterPhase("starting");
      this.#host.residency.request(this);
    } else {
      this.#enterPhase("computing");
      this.#host.residency.continues(this);
      this.#guest.resume(encodeHostAnswer(answer), this.#host.clock.now());
    }
  }

  #take(news: Pick<Extract<FromThread, { type: "yields" }>, "lines" | "logs">): void {
    if (news.logs.length > 0) {
      this.#host.logged(this, news.logs);
    }
    if (this.ended) {
      return;
    }
    if (news.lines !== "") {
      this.record.append(news.lines);
      tellCalls(this.#host.observer, this, news.lines);
    }
    // Also without news: the answers to calls that waited are in the journal already.
    const excess = excessOf(this.record.journalSize, this.#host.limits);
    if (excess !== undefined) {
      this.#fail({ code: "JOURNAL_LIMIT", message: excess });
    }
  }

  #fail({ code, message }: WorkflowFailure): void {
    // It is shown to whoever asks for the workflow, and to its caller.
    const text = shortened(this.#host.hideSecrets(message), failureCharacters);
    this.#end("failed", { code, message: text });
  }

  #end(status: WorkflowStatus, failure: WorkflowFailure | null): void {
    if (this.ended) {
      return;
    }
    this.#waitingCall?.cancel?.();
    this.#waitingCall = undefined;
    this.#guest?.drop();
    this.#guest = undefined;
    const endedAt = this.#host.clock.now();
    this.record.change({ status, failure, endedAt, wakeAt: null, waiting: null });
    this.record.clearMailbox();
    this.#enterPhase("ended");
    this.#host.residency.left(this);
    this.#host.committer.commit(this.record).then(
      () => this.#host.ended(this),
      (error: unknown) => this.#host.failed(error),
    );
  }

  /** How long nothing can wake it, in milliseconds of the machine's clock; 0 where that is not certain. */
  #sleepsMs(): number {
    const { clock } = this.#host;
    const { waiting, wakeAt } = this.record.state;
    const mayBeSetForward = clock.guestTime === "given";
    return waiting?.on !== "sleep" || wakeAt === null || mayBeSetForward
      ? 0
      : Math.max(wakeAt - clock.now(), 0);
  }

  #save(): void {
    this.#host.committer.commit(this.record).catch((error: unknown) => this.#host.failed(error));
  }

  #enterPhase(phase: Phase): void {
    const isBusy = (candidate: Phase): boolean =>
      candidate === "starting" || candidate === "computing";
    const was = isBusy(this.#phase);
    this.#phase = phase;
    if (was !== isBusy(phase)) {
      this.#host.busy("computing", was ? -1 : 1);
    }
  }
}

/** Whether the workflow is not to blame: its module can't be read, or the system gives no thread. */
function mayPass(error: unknown): boolean {
  return (
    error instanceof NoThreadError ||
    (error instanceof EngineError && error.code === "JOURNAL_DAMAGED")
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
