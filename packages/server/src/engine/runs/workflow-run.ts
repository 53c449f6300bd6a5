import type { HeardCancellation } from "@flawless-ts/wasm-module/internal";
import type { GuestListener } from "../../executor/executor-pool.ts";
import type { FromThread } from "../../executor/messages.ts";
import { excessOf } from "../../journal/journal-size.ts";
import type { WorkflowFailure } from "../../workflow/workflow-failure.ts";
import { tellCalls, toObserved, type ObservedWorkflow } from "../observing/index.ts";
import type { WorkflowStatus } from "../types.ts";
import type { MadeCall } from "./call-context.ts";
import { TemporaryStartError } from "./guest-starter.ts";
import type { Resident } from "./residency.ts";
import { type CallsHost, RunCalls } from "./run-calls.ts";
import { RunCancelling } from "./run-cancelling.ts";
import { isCancellation, shownFailure } from "./run-failure.ts";
import { maxCrashes, RunGuest } from "./run-guest.ts";
import { type Phase, RunPhase } from "./run-phase.ts";
import type { RunCallbacks, RunServices } from "./run-services.ts";
import type { MessageOrigin, WorkflowRecord } from "./workflow-record.ts";

/** The delay after a journal could not be read, or no thread was available. */
const tryAgainMs = 1_000;

/** Leads one workflow from call to call. Its guest may or may not be in memory. */
export class WorkflowRun implements Resident, GuestListener, CallsHost {
  readonly record: WorkflowRecord;
  /** The id of the request that started it, if known. */
  requestId: string | null = null;
  readonly #services: RunServices;
  readonly #callbacks: RunCallbacks;
  readonly #phase: RunPhase;
  readonly #guest: RunGuest;
  #calls: RunCalls;
  #observed: ObservedWorkflow | undefined;
  readonly #cancelling: RunCancelling;

  constructor(services: RunServices, record: WorkflowRecord, callbacks: RunCallbacks) {
    this.#services = services;
    this.#callbacks = callbacks;
    this.record = record;
    this.#guest = new RunGuest(services, record, this);
    this.#calls = new RunCalls(services, this);
    this.#cancelling = new RunCancelling(services, record, () => this.terminate());
    const runs = record.state.status === "running";
    this.#phase = new RunPhase(services.activity, runs ? "still" : "ended");
    if (runs) {
      this.#cancelling.watch();
    }
  }

  get id(): number {
    return this.record.id;
  }

  /** The workflow as observers see it. */
  get observed(): ObservedWorkflow {
    this.#observed ??= toObserved(this.record.workflow, this.requestId);
    return this.#observed;
  }

  get ended(): boolean {
    return this.#phase.current === "ended";
  }

  get root(): number {
    return this.record.root;
  }

  /** Whether nothing happens to it until it is woken. Once it is saved, it may be forgotten. */
  get atRest(): boolean {
    return !this.#phase.isBusy && !this.#guest.isInMemory && this.#calls.atRest;
  }

  /** Lets the workflow continue from its journal. */
  activate(): void {
    if (this.#phase.current === "still") {
      this.#calls.clearTime();
      if (this.record.state.wakeAt !== 0) {
        this.record.change({ wakeAt: 0, waiting: null });
      }
      this.#enter();
    }
  }

  /**
   * Adds a message to the mailbox, durable with the next commit.
   * @param origin if it is an update, or comes from another workflow
   */
  receive(type: string, data: string, origin?: MessageOrigin): void {
    this.record.receive(type, data, this.#services.clock.now(), origin);
    const { waiting } = this.record.state;
    const waited = this.#calls.messageCame();
    if (!waited && waiting !== null && "types" in waiting && waiting.types.includes(type)) {
      this.activate();
    }
  }

  /** A time to wake up has come. Ignored if the workflow waits for a later one. */
  timeCame(time: number): void {
    if (this.#cancelling.isOverAt(time)) {
      this.terminate();
    } else if (this.#calls.isDue(time) && !this.#calls.timeUp()) {
      // Without a time to wait for, the open work of the previous server continues, and needs no guest for that.
      if (time === 0 && this.record.state.waiting !== null && this.#phase.current === "still") {
        this.#takeUp();
      } else {
        this.activate();
      }
    }
  }

  /** Whether someone waits for the response. */
  get hasCaller(): boolean {
    return this.#guest.hasCaller;
  }

  setCallerPresent(present: boolean): void {
    this.#guest.hasCaller = present;
  }

  /** Nobody waits for the response any more. */
  callerLeft(): void {
    this.setCallerPresent(this.record.detached);
  }

  /** Asks it to cancel: it may end by itself within a limit. @returns false if it was asked before, or has ended */
  askToCancel(heard: Exclude<HeardCancellation, "none">): boolean {
    if (this.ended || this.#cancelling.isAsked) {
      return false;
    }
    this.#cancelling.ask(heard);
    if (!this.#calls.cancelCame()) {
      this.activate();
    }
    return true;
  }

  /** Ends it immediately. @returns false if it has already ended */
  terminate(): boolean {
    const runs = !this.ended;
    this.#end("cancelled", null);
    return runs;
  }

  /** The engine stops: from now on nothing happens here, and nothing is saved. */
  abandon(): void {
    this.#stop();
    this.#enterPhase("ended");
  }

  enter(): void {
    this.#startGuest().catch((error: unknown) => {
      this.#services.residency.left(this);
      this.#startFailed(error);
    });
  }

  leave(): void {
    this.#guest.drop();
    this.#services.observer?.workflowSuspended?.(this.observed, this.#services.clock.now());
    this.#callbacks.leftMemory();
  }

  waits(message: Extract<FromThread, { type: "waits" }>): void {
    this.#take(message);
    if (!this.ended) {
      this.#wait(message);
    }
  }

  journalGrew(): void {
    const excess = excessOf(this.record.journalSize, this.#services.limits);
    if (excess !== undefined) {
      this.fail({ code: "JOURNAL_LIMIT", message: excess });
    }
  }

  answered(answer: string, isRequest: boolean): void {
    if (isRequest) {
      // An effect that has happened is made durable without delay.
      this.#save();
    } else {
      this.#services.committer.soon(this.record);
    }
    if (this.#guest.isInMemory) {
      this.#enterPhase("computing");
      this.#services.residency.continues(this);
      this.#guest.resume(answer);
    } else {
      this.#enter();
    }
  }

  fail(failure: WorkflowFailure): void {
    if (this.#cancelling.isAsked && isCancellation(failure)) {
      this.#end("cancelled", null);
    } else {
      this.#end("failed", shownFailure(failure, this.#services.hideSecrets));
    }
  }

  yields(message: Extract<FromThread, { type: "yields" }>): void {
    this.#take(message);
    const resume = this.#guest.turn();
    this.#save(() => {
      if (resume.isWanted()) {
        this.#services.turns.take(this, resume.run);
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
    this.#guest.gone();
    this.#take(message);
    if (message.outcome.status === "completed") {
      this.#end("completed", null);
    } else {
      this.fail({ code: message.outcome.code, message: message.outcome.message });
    }
  }

  lost(crashed: boolean): void {
    const mayGoOn = this.#guest.lost(crashed);
    this.#services.residency.left(this);
    if (!mayGoOn) {
      const message = `the thread that ran this workflow broke down under it ${maxCrashes} times`;
      this.fail({ code: "PANIC", message });
    } else if (this.#phase.isBusy) {
      this.#enter();
    }
  }

  continueWith(input: string): void {
    this.#stop();
    this.#calls = new RunCalls(this.#services, this);
    this.record.continueWith(input);
    this.#cancelling.watch();
    this.#services.residency.left(this);
    this.#save();
    this.#enter();
  }

  /** It needs a guest. */
  #enter(): void {
    this.#enterPhase("starting");
    this.#services.residency.request(this);
  }

  /** A call that the guest made, or made before it left memory. */
  #wait(made: MadeCall): void {
    if (this.#calls.begin(made)) {
      this.#enterPhase("waiting");
      this.#save();
      this.#services.residency.waits(this, this.#calls.sleepsMs());
    }
  }

  /** Continues the call that its journal ends with, and its operations. A guest is created once there is an answer. */
  #takeUp(): void {
    this.#enterPhase("starting");
    this.#services.reading
      .run(() => this.#calls.read())
      .then((read) => {
        if (read === null || this.ended) {
          return;
        }
        if (read.open === undefined) {
          this.#enter();
        } else {
          this.#wait(read.open);
        }
      })
      .catch((error: unknown) => this.#startFailed(error));
  }

  async #startGuest(): Promise<void> {
    const { observer, clock, committer } = this.#services;
    const isRebuilt = await this.#guest.start(this.#calls);
    if (this.ended) {
      return;
    }
    if (isRebuilt) {
      observer?.workflowResumed?.(this.observed, clock.now());
    }
    this.#enterPhase("computing");
    committer.soon(this.record);
  }

  /** If the workflow is not to blame, it stays as it is and is tried again later. */
  #startFailed(error: unknown): void {
    const { clock, failed } = this.#services;
    if (!(error instanceof TemporaryStartError)) {
      this.fail({ code: "MODULE_UNUSABLE", message: messageOf(error) });
    } else if (!this.ended) {
      this.#enterPhase("still");
      failed(error.cause);
      clock.setTimer(clock.now() + tryAgainMs, () => this.activate());
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
    // Even without news: the answers to calls that waited are already in the journal.
    this.journalGrew();
  }

  #end(status: WorkflowStatus, failure: WorkflowFailure | null): void {
    if (this.ended) {
      return;
    }
    this.#stop();
    const endedAt = this.#services.clock.now();
    this.record.change({ status, failure, endedAt, wakeAt: null, waiting: null });
    this.#enterPhase("ended");
    this.#services.residency.left(this);
    this.#save(() => this.#callbacks.ended());
  }

  #stop(): void {
    this.#calls.stop();
    this.#cancelling.stop();
    this.#guest.drop();
  }

  /** @param saved called once all that happened so far is durable */
  #save(saved: () => void = () => undefined): void {
    const { committer, failed } = this.#services;
    committer.commit(this.record).then(saved, failed);
  }

  #enterPhase(phase: Phase): void {
    if (phase !== "computing") {
      this.#services.turns.end(this);
    }
    this.#phase.enter(phase);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
