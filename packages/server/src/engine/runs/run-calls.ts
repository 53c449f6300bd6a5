import { decodeHostCall } from "@flawless-ts/wasm-module";
import { beginCall } from "../../host-calls/begin-call.ts";
import type { OpenOperations } from "../../host-calls/extensions/open-operations.ts";
import type { EngineCall, WaitingCall } from "../../host-calls/waiting-call.ts";
import { openCall } from "../../journal/open-call.ts";
import type { WorkflowFailure } from "../../workflow/workflow-failure.ts";
import type { ObservedWorkflow } from "../observing/index.ts";
import type { WorkflowWaiting } from "../types.ts";
import { CallContext, type CallOwner, type MadeCall } from "./call-context.ts";
import { DueTime } from "./due-time.ts";
import { type OperationsOwner, RunOperations } from "./run-operations.ts";
import type { RunServices } from "./run-services.ts";
import type { WorkflowRecord } from "./workflow-record.ts";

/** The workflow whose guest makes the calls. */
export interface CallsHost {
  readonly record: WorkflowRecord;
  readonly observed: ObservedWorkflow;
  readonly ended: boolean;
  journalGrew(): void;
  fail(failure: WorkflowFailure): void;
  /** @param input JSON text */
  continueWith(input: string): void;
  /** The time that a call waits for has come. */
  timeCame(time: number): void;
  /**
   * A call's answer is recorded.
   * @param answer JSON text of the guest ABI
   */
  answered(answer: string, isRequest: boolean): void;
}

/** The host call that the guest of one run waits for, and the operations that run beside it. */
export class RunCalls implements CallOwner, OperationsOwner {
  readonly #services: RunServices;
  readonly #host: CallsHost;
  readonly #due: DueTime;
  readonly #operations: RunOperations;
  #kind: EngineCall["kind"] | undefined;
  #waiting: WaitingCall | undefined;

  constructor(services: RunServices, host: CallsHost) {
    this.#services = services;
    this.#host = host;
    this.#due = new DueTime(host.record, services, (time) => host.timeCame(time));
    this.#operations = new RunOperations(services, this);
  }

  get record(): WorkflowRecord {
    return this.#host.record;
  }

  get observed(): ObservedWorkflow {
    return this.#host.observed;
  }

  get ended(): boolean {
    return this.#host.ended;
  }

  get operations(): OpenOperations {
    return this.#operations.open;
  }

  /** Whether a call waits. */
  get waits(): boolean {
    return this.#waiting !== undefined;
  }

  /** Whether nothing is happening in this process for the call and the operations. */
  get atRest(): boolean {
    const call = this.#waiting;
    const rests = call === undefined || (call.canLeaveMemory && call.goesOn !== true);
    return rests && !this.#operations.active;
  }

  /** Continues the operations that a journal knows. @throws Error if it is damaged */
  readFrom(journal: readonly string[]): void {
    this.#operations.readFrom(journal);
  }

  /**
   * Reads the journal, and continues its operations.
   * @returns the call that it ends with; null if the workflow has ended or the engine is closing
   * @throws TemporaryStartError
   */
  async read(): Promise<{ readonly open: MadeCall | undefined } | null> {
    const { acceptsEffects, guests } = this.#services;
    const journal = this.ended ? [] : await guests.readJournal(this.record);
    if (this.ended || !acceptsEffects()) {
      return null;
    }
    this.readFrom(journal);
    return { open: openCall(journal) };
  }

  /**
   * Begins a call. It may be answered immediately.
   * @returns whether it waits
   */
  begin(made: MadeCall): boolean {
    // The thread has already decoded the call, and passes on only kinds that the engine answers.
    const call = decodeHostCall(made.call) as EngineCall;
    const { acceptsEffects, clock, observer } = this.#services;
    if (call.kind === "HTTPRequest" && !acceptsEffects()) {
      // The engine is closing. The journal does not know of this call, so the next engine makes it.
      return false;
    }
    this.#kind = call.kind;
    const context = new CallContext(this.#services, this, made);
    observer?.callBegan?.(this.observed, call.kind, made.call, clock.now());
    const waiting = beginCall(call, context);
    if (context.isOpen && !this.ended) {
      this.#waiting = waiting;
    }
    return this.waits;
  }

  /** For how long nothing can wake the workflow, in milliseconds of the machine's clock; 0 if that is not certain. */
  sleepsMs(): number {
    const { clock } = this.#services;
    const { waiting, wakeAt } = this.record.state;
    const mayBeSetForward = clock.guestTime === "given";
    return waiting?.on !== "sleep" || wakeAt === null || mayBeSetForward
      ? 0
      : Math.max(wakeAt - clock.now(), 0);
  }

  /** @returns whether a call waits, or did until now */
  messageCame(): boolean {
    const { waits } = this;
    this.#waiting?.messageCame?.();
    return waits;
  }

  /** A message asks the workflow to cancel. @returns whether a call waits, or did until now */
  cancelCame(): boolean {
    const waited = this.messageCame();
    this.#waiting?.cancelCame?.();
    if (this.waits) {
      this.#due.look();
    }
    return waited;
  }

  /** Whether this is the time that the call waits for, or a later one. */
  isDue(time: number): boolean {
    return this.#due.isReached(time);
  }

  /** That time has come. @returns whether a call waits, or did until now */
  timeUp(): boolean {
    const { waits } = this;
    this.#waiting?.timeCame?.();
    return waits;
  }

  /** Nothing of the workflow waits for a time any longer. */
  clearTime(): void {
    this.#due.clear();
  }

  /** Ends the call and all operations, without answers. */
  stop(): void {
    this.#waiting?.cancel?.();
    this.#waiting = undefined;
    this.#due.clear();
    this.#operations.abortAll();
  }

  waitsFor(waiting: WorkflowWaiting, time: number | null): void {
    this.#due.set(waiting, time, this.#operations.active);
  }

  operationEnded(): boolean {
    const wasTaken = this.#waiting?.operationEnded?.() ?? false;
    if (!wasTaken && !this.#operations.active) {
      this.#due.withoutOperations();
    }
    return wasTaken;
  }

  journalGrew(): void {
    this.#host.journalGrew();
  }

  fail(failure: WorkflowFailure): void {
    this.#host.fail(failure);
  }

  continueWith(input: string): void {
    this.#host.continueWith(input);
  }

  callAnswered(answer: string): void {
    const isRequest = this.#kind === "HTTPRequest";
    this.#waiting = undefined;
    this.#kind = undefined;
    this.#due.clear();
    const { record } = this;
    if (record.state.wakeAt !== 0 || record.state.waiting !== null) {
      record.change({ wakeAt: 0, waiting: null });
    }
    this.#host.answered(answer, isRequest);
  }
}
