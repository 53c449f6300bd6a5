import type { ResolvedRetryOptions } from "@flawless-ts/wasm-module/internal";
import type { HostAnswer, HostCall } from "@flawless-ts/wasm-module";
import type { Clock } from "../time/clock.ts";
import type { ThrownError, WorkflowWaiting } from "@flawless-ts/sdk";
import type { LabelChanges, Labels } from "../workflow/labels.ts";
import type { WorkflowFailureCode } from "../workflow/workflow-failure.ts";
import type { StoredMessage } from "../store/workflow-store.ts";
import type { ActivityTasks } from "../activities/index.ts";
import type { ExtensionError } from "./extensions/extension-answer.ts";
import type { Telling } from "./extensions/other-workflows.ts";
import type { OpenOperations } from "./extensions/open-operations.ts";
import type { SentOnce } from "./sent-once.ts";
import type { HttpClient } from "../network/http-client.ts";

/** What a host call that may have to wait can do. Answering ends it. */
export interface WaitingCallContext {
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly retry: ResolvedRetryOptions;
  /** Where requests tell that they may be sent only once. */
  readonly sentOnce: SentOnce;
  /**
   * What `record` noted when the call was first made, where it was waiting already when the workflow
   * last left memory; null for a new call.
   */
  readonly detail: string | null;
  /** Gives the guest its answer. Must be called at most once. @param note how the journal keeps it; default: as it is */
  answer(answer: HostAnswer, note?: AnswerNote): void;
  /**
   * Gives the guest an operation's result.
   * @param result JSON text
   * @param isRecorded whether the journal has it already
   */
  deliver(operation: number, result: string, isRecorded: boolean): void;
  /** What goes on beside the workflow. */
  readonly operations: OpenOperations;
  /** The workflow as `info` tells of it. */
  describeWorkflow(): WorkflowDescription;
  /**
   * Ends the workflow: this call gets no answer.
   * @param code default `INVALID_CALL`
   * @param thrown the error that it ends with
   */
  fail(message: string, code?: WorkflowFailureCode, thrown?: ThrownError): void;
  /** What guests may ask for. */
  readonly limits: GuestLimits;
  /** Keeps something of the workflow under a name, in one transaction with the answer that follows. @param value null: nothing any more */
  note(name: string, value: string | null): void;
  /** The workflow's labels as they are now. */
  readonly labels: Labels;
  /** Changes them, in one transaction with the answer that follows. */
  changeLabels(changes: LabelChanges): void;
  /** Whether a text has one of the secrets in it that the engine was given. */
  holdsSecret(text: string): boolean;
  /** Ends this run of the workflow, and begins the next: this call gets no answer. @param input JSON text */
  continueWith(input: string): void;
  /** Whether the workflow is asked to cancel, and has not taken the message that says so. */
  readonly cancelAsked: boolean;
  /** Takes that message out of the mailbox, where it may be the answer to any call that waits. */
  takeCancel(): StoredMessage | undefined;
  /**
   * Answers an update, in one transaction with the answer that `settle` gives.
   * @param settle called with nothing, or with why there is no such update to answer
   * @returns takes it back
   */
  answerUpdate(
    number: number,
    reply: UpdateReply,
    settle: (refusal?: ExtensionError) => void,
  ): () => void;
  /**
   * Sends another workflow a message, or ends it, in one transaction with the answer that `settle` gives.
   * @param settle called with nothing, or with why that can't be
   * @returns takes it back
   */
  tell(id: string, telling: Telling, settle: (refusal?: ExtensionError) => void): () => void;
  /**
   * Starts a workflow, in one transaction with the answer that `settle` gives.
   * @param settle called with its public id, or with why there is none
   * @returns takes it back
   */
  startChild(child: ChildRequest, settle: (started: string | ExtensionError) => void): () => void;
  /** Journals that the call was made, and what must be known to go on waiting after a crash. */
  record(detail: string): void;
  /** Shows what the call waits for, and when the workflow must be run again after a crash. */
  waitsFor(waiting: WorkflowWaiting, wakeAt: number | null): void;
  /** Journals how far the call is: from then on, that is its `detail`. */
  progress(detail: string): void;
  /** When the call was first made, in milliseconds since the Unix epoch. */
  readonly madeAt: number;
  /** What no other call of any workflow has, the same after a restart; once the call is recorded. */
  key(): string;
  /** The workflow's public id. */
  readonly workflowId: string;
  /** Where activities wait for workers. */
  readonly activities: ActivityTasks;
  /** Waits for another workflow's end, as `OtherWorkflows.result` does. */
  result(id: string, signal: AbortSignal): Promise<string>;
  /** Settled once all that the workflow did so far would survive a crash. */
  durable(): Promise<void>;
  /** Takes the oldest message of one of the types out of the mailbox, if there is one. */
  takeMessage(types: readonly string[]): StoredMessage | undefined;
  /**
   * Asks whether the workflow may start a child. The answer may come at once, later (too many at a time), or never (it is
   * about to be cancelled).
   *
   * @param decide called with nothing, or with the reason against it
   * @returns takes the question back
   */
  admitChild(decide: (refusal?: string) => void): () => void;
  /** A new workflow of the same module, not running yet; undefined if the module has no such one. */
  createWorkflow(workflow: string, input: string): CreatedWorkflow | undefined;
}

/** A workflow that another one wants to start. */
export interface ChildRequest {
  /** Default: that of its parent. */
  readonly module: string | undefined;
  /** Default: with a module, its newest one; otherwise that of its parent. */
  readonly version: string | undefined;
  readonly workflow: string;
  /** JSON text. */
  readonly input: string;
  readonly idempotencyKey: string | null;
  /** Whether it is asked to cancel when its parent has ended. */
  readonly bound: boolean;
  readonly labels: Labels;
}

/** What a workflow answers to an update. */
export type UpdateReply =
  | {
      /** JSON text. */
      readonly value: string;
    }
  | { readonly error: { readonly name: string; readonly message: string } };

/** Limits of what guests ask of the host; see `EngineLimits`. */
export interface GuestLimits {
  readonly stateBytes: number;
  readonly textCharacters: number;
}

/** An answer that tells nothing but that an operation was begun, or aborted. */
export interface AnswerNote {
  readonly kind: "begun" | "aborted";
  readonly operation: number;
}

/** What a workflow is told of itself. */
export interface WorkflowDescription {
  readonly id: string;
  readonly parent: string | null;
  readonly root: string;
  readonly module: string;
  readonly version: string;
  readonly workflow: string;
  readonly server: { readonly name: string; readonly version: string };
  /** Counts from 1. */
  readonly run: number;
}

/** A workflow that was created by another one. */
export interface CreatedWorkflow {
  readonly id: number;
  /**
   * Saves it in one transaction with what its parent did so far, and lets it run. To be called after
   * the answer: the parent's record of the start has to be there by then.
   */
  begin(): void;
}

/** A call that waits. */
export interface WaitingCall {
  /** The time that `waitsFor` named has come. */
  timeCame?(): void;
  /** A message came into the mailbox. */
  messageCame?(): void;
  /** The workflow is asked to cancel, by a message that came into the mailbox. The call was told of that before. */
  cancelCame?(): void;
  /** An operation has ended. @returns whether the call was answered with it */
  operationEnded?(): boolean;
  /** The workflow ends, or leaves memory. */
  cancel?(): void;
  /** Whether the workflow may leave memory meanwhile and begin this call again from the journal. */
  readonly canLeaveMemory: boolean;
  /** Whether the call goes on while the guest is not in memory: what leads the workflow is kept then. Default false. */
  readonly goesOn?: boolean;
}

/** A host call that was answered at once. */
export const answered: WaitingCall = { canLeaveMemory: false };

/** A host call that this engine does not begin, as it is about to close. The journal does not know of it: the next one makes it. */
export const leftToNextEngine: WaitingCall = { canLeaveMemory: false };

/** The kinds of host call that the engine answers; a guest's own thread answers all others. */
export type EngineCall = Extract<
  HostCall,
  { readonly kind: "Sleep" | "HTTPRequest" | "RecvMessage" | "StartWorkflow" }
>;
