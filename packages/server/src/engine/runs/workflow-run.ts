import { decodeHostCall } from "@flawless-ts/wasm-module";
import type { GuestHandle, GuestListener } from "../../executor/executor-pool.ts";
import type { FromThread } from "../../executor/messages.ts";
import type { OpenOperations } from "../../host-calls/extensions/open-operations.ts";
import { beginCall } from "../../host-calls/begin-call.ts";
import type { EngineCall, WaitingCall } from "../../host-calls/waiting-call.ts";
import { excessOf } from "../../journal/journal-size.ts";
import { changeTexts } from "../../workflow/thrown-error.ts";
import type { WorkflowFailure } from "../../workflow/workflow-failure.ts";
import { tellCalls, toObserved, type ObservedWorkflow } from "../observing/index.ts";
import { shortened } from "../observing/index.ts";
import type { WorkflowStatus, WorkflowWaiting } from "../types.ts";
import { CallContext, type CallOwner } from "./call-context.ts";
import { DueTime } from "./due-time.ts";
import { TemporaryStartError } from "./guest-starter.ts";
import type { Resident } from "./residency.ts";
import { type OperationsOwner, RunOperations } from "./run-operations.ts";
import type { RunCallbacks, RunServices } from "./run-services.ts";
import type { WorkflowRecord } from "./workflow-record.ts";

/** A guest whose thread broke down under it so often is to blame. */
const maxCrashes = 3;

/** Characters of a failure's message: a guest may panic with a text as large as its memory. */
const failureCharacters = 16 * 1024;

/** After a journal could not be read, or no thread be had. */
const tryAgainMs = 1_000;

/** `still`: not asked to run; `starting`: it waits for a place or its journal is read. */
type Phase = "still" | "starting" | "computing" | "waiting" | "ended";

/** Leads one workflow from call to call. Its guest may be in memory or not. */
export class WorkflowRun implements Resident, GuestListener, CallOwner, OperationsOwner {
  readonly record: WorkflowRecord;
  /** Of the request that started it, where that is known. */
  requestId: string | null = null;
  readonly #services: RunServices;
  readonly #callbacks: RunCallbacks;
  #phase: Phase = "still";
  #guest: GuestHandle | undefined;
  #callKind: EngineCall["kind"] | undefined;
  #waitingCall: WaitingCall | undefined;
  #hasCaller = false;
  #crashes = 0;
  #observed: ObservedWorkflow | undefined;
  readonly #due: DueTime;
  readonly #operations: RunOperations;

  constructor(services: RunServices, record: WorkflowRecord, callbacks: RunCallbacks) {
    this.#services = services;
    this.#callbacks = callbacks;
    this.record = record;
    this.#due = new DueTime(record, services, (time) => this.timeCame(time));
    this.#operations = new RunOperations(services, this);
    if (record.state.status !== "running") {
      this.#phase = "ended";
    }
  }

  get id(): number {
    return this.record.id;
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
      (this.#phase === "waiting" && isAtRest(this.#waitingCall));
    return rests && this.#guest === undefined && !this.#operations.active;
  }

  /** Lets the workflow go on from its journal. */
  activate(): void {
    if (this.#phase === "still") {
      this.#due.clear();
      if (this.record.state.wakeAt !== 0) {
        this.record.change({ wakeAt: 0, waiting: null });
      }
      this.#enterPhase("starting");
      this.#services.residency.request(this);
    }
  }

  /** A message comes into the mailbox; durable with the next commit. */
  receive(type: string, data: string): void {
    this.record.receive(type, data, this.#services.clock.now());
    const { waiting } = this.record.state;
    if (this.#waitingCall !== undefined) {
      this.#waitingCall.messageCame?.();
    } else if (waiting !== null && "types" in waiting && waiting.types.includes(type)) {
      this.activate();
    }
  }

  /** A time to wake up has come; it is ignored where the workflow waits for a later one. */
  timeCame(time: number): void {
    if (!this.#due.isReached(time)) {
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

  setCallerPresent(present: boolean): void {
    this.#hasCaller = present;
    this.#guest?.setCallerPresent(present);
  }

  /** Nobody waits for the response any more. */
  callerLeft(): void {
    this.setCallerPresent(this.record.detached);
  }

  cancel(): void {
    this.#end("cancelled", null);
  }

  /** The engine stops: nothing more happens here, and nothing more is saved. */
  abandon(): void {
    this.#stopWaiting();
    this.#guest?.drop();
    this.#guest = undefined;
    this.#enterPhase("ended");
  }

  enter(): void {
    this.#startGuest().catch((error: unknown) => {
      this.#services.residency.left(this);
      if (error instanceof TemporaryStartError) {
        this.#tryAgainLater(error);
      } else {
        this.fail({ code: "MODULE_UNUSABLE", message: messageOf(error) });
      }
    });
  }

  leave(): void {
    this.#guest?.drop();
    this.#guest = undefined;
    this.#services.observer?.workflowSuspended?.(this.observed, this.#services.clock.now());
    this.#callbacks.leftMemory();
  }

  waits(message: Extract<FromThread, { type: "waits" }>): void {
    this.#take(message);
    if (this.ended) {
      return;
    }
    // The thread has decoded the call before, and hands over only kinds that the engine answers.
    const call = decodeHostCall(message.call) as EngineCall;
    if (call.kind === "HTTPRequest" && !this.#services.acceptsEffects()) {
      // The engine is closing. The journal does not know of this call: the next engine makes it.
      return;
    }
    this.#callKind = call.kind;
    const context = new CallContext(this.#services, this, message);
    const { observer, clock } = this.#services;
    observer?.callBegan?.(this.observed, call.kind, message.call, clock.now());
    const waitingCall = beginCall(call, context);
    if (context.isOpen && !this.ended) {
      this.#waitingCall = waitingCall;
      this.#enterPhase("waiting");
      this.#save();
      this.#services.residency.waits(this, this.#sleepsMs());
    }
  }

  get operations(): OpenOperations {
    return this.#operations.open;
  }

  waitsFor(waiting: WorkflowWaiting, time: number | null): void {
    this.#due.set(waiting, time, this.#operations.active);
  }

  operationEnded(): boolean {
    const wasTaken = this.#waitingCall?.operationEnded?.() ?? false;
    if (!wasTaken && !this.#operations.active) {
      this.#due.withoutOperations();
    }
    return wasTaken;
  }

  journalGrew(): void {
    const excess = excessOf(this.record.journalSize, this.#services.limits);
    if (excess !== undefined) {
      this.fail({ code: "JOURNAL_LIMIT", message: excess });
    }
  }

  callAnswered(answer: string): void {
    const isRequest = this.#callKind === "HTTPRequest";
    this.#waitingCall = undefined;
    this.#callKind = undefined;
    this.#due.clear();
    if (this.record.state.wakeAt !== 0) {
      this.record.change({ wakeAt: 0, waiting: null });
    } else if (this.record.state.waiting !== null) {
      this.record.change({ waiting: null });
    }
    if (isRequest) {
      // An effect that has happened is made durable without delay.
      this.#save();
    } else {
      this.#services.committer.soon(this.record);
    }
    if (this.#guest === undefined) {
      this.#enterPhase("starting");
      this.#services.residency.request(this);
    } else {
      this.#enterPhase("computing");
      this.#services.residency.continues(this);
      this.#guest.resume(answer, this.#services.clock.now());
    }
  }

  fail(failure: WorkflowFailure): void {
    // It is shown to whoever asks for the workflow, and to its caller.
    const shown = changeTexts(failure, (text) => this.#services.hideSecrets(text));
    this.#end("failed", { ...shown, message: shortened(shown.message, failureCharacters) });
  }

  yields(message: Extract<FromThread, { type: "yields" }>): void {
    this.#take(message);
    const guest = this.#guest;
    this.#save(() => {
      if (guest !== undefined && this.#guest === guest) {
        this.#services.turns.take(this, () => guest.resume(null, this.#services.clock.now()));
      }
    });
  }

  responds(message: Extract<FromThread, { type: "responds" }>): void {
    this.#take(message);
    if (this.record.state.response === null && !this.ended) {
      this.record.change({ response: message.response });
    }
    this.#save(() => this.#callbacks.responded());
  }

  ends(message: Pick<Extract<FromThread, { type: "ends" }>, "lines" | "logs" | "outcome">): void {
    this.#guest = undefined;
    this.#take(message);
    if (message.outcome.status === "completed") {
      this.#end("completed", null);
    } else {
      this.fail({ code: message.outcome.code, message: message.outcome.message });
    }
  }

  lost(crashed: boolean): void {
    this.#guest = undefined;
    this.#services.residency.left(this);
    this.#crashes += crashed ? 1 : 0;
    if (this.#crashes >= maxCrashes) {
      const message = `the thread that ran this workflow broke down under it ${maxCrashes} times`;
      this.fail({ code: "PANIC", message });
    } else if (this.#phase === "computing" || this.#phase === "starting") {
      this.#enterPhase("starting");
      this.#services.residency.request(this);
    }
  }

  async #startGuest(): Promise<void> {
    const { guests, observer, clock, committer } = this.#services;
    const journal = await guests.readJournal(this.record);
    if (this.ended) {
      return;
    }
    this.#operations.readFrom(journal);
    const callerPresent = (): boolean => this.record.state.response === null && this.#hasCaller;
    const guest = await guests.start(this.record, journal, callerPresent, this);
    if (this.ended) {
      guest.drop();
      return;
    }
    this.#guest = guest;
    if (journal.length > 0) {
      observer?.workflowResumed?.(this.observed, clock.now());
    }
    guest.setCallerPresent(this.#hasCaller);
    this.#enterPhase("computing");
    committer.soon(this.record);
  }

  /** The workflow is not to blame: it stays as it is, and its turn comes again. */
  #tryAgainLater(error: TemporaryStartError): void {
    if (!this.ended) {
      this.#enterPhase("still");
      this.#services.failed(error.cause);
      this.#services.clock.setTimer(this.#services.clock.now() + tryAgainMs, () => this.activate());
    }
  }

  #take(news: Pick<Extract<FromThread, { type: "yields" }>, "lines" | "logs">): void {
    if (news.logs.length > 0) {
      this.#callbacks.logged(news.logs);
    }
    if (this.ended) {
      return;
    }
    if (news.lines !== "") {
      this.record.append(news.lines);
      tellCalls(this.#services.observer, this, news.lines);
    }
    // Also without news: the answers to calls that waited are in the journal already.
    this.journalGrew();
  }

  #end(status: WorkflowStatus, failure: WorkflowFailure | null): void {
    if (this.ended) {
      return;
    }
    this.#stopWaiting();
    this.#guest?.drop();
    this.#guest = undefined;
    const endedAt = this.#services.clock.now();
    this.record.change({ status, failure, endedAt, wakeAt: null, waiting: null });
    this.record.clearMailbox();
    this.#enterPhase("ended");
    this.#services.residency.left(this);
    this.#save(() => this.#callbacks.ended());
  }

  #stopWaiting(): void {
    this.#waitingCall?.cancel?.();
    this.#waitingCall = undefined;
    this.#due.clear();
    this.#operations.abortAll();
  }

  /** How long nothing can wake it, in milliseconds of the machine's clock; 0 where that is not certain. */
  #sleepsMs(): number {
    const { clock } = this.#services;
    const { waiting, wakeAt } = this.record.state;
    const mayBeSetForward = clock.guestTime === "given";
    return waiting?.on !== "sleep" || wakeAt === null || mayBeSetForward
      ? 0
      : Math.max(wakeAt - clock.now(), 0);
  }

  /** @param saved called once all that happened so far is durable */
  #save(saved: () => void = () => undefined): void {
    const { committer, failed } = this.#services;
    committer.commit(this.record).then(saved, failed);
  }

  #enterPhase(phase: Phase): void {
    const isBusy = (one: Phase): boolean => one === "starting" || one === "computing";
    const was = isBusy(this.#phase);
    this.#phase = phase;
    if (phase !== "computing") this.#services.turns.end(this);
    if (was !== isBusy(phase)) {
      this.#services.activity.change("computing", was ? -1 : 1);
    }
  }
}

function isAtRest(call: WaitingCall | undefined): boolean {
  return call !== undefined && call.canLeaveMemory && call.goesOn !== true;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
