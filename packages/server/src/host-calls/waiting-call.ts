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

/** What a host call that may have to wait can use. Answering ends the call. */
export interface WaitingCallContext {
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly retry: ResolvedRetryOptions;
  /** Where requests that may be sent only once are registered. */
  readonly sentOnce: SentOnce;
  /**
   * What `record` stored when the call was first made, if it was already waiting when the workflow
   * last left memory; null for a new call.
   */
  readonly detail: string | null;
  /**
   * Answers the guest. Must be called at most once.
   * @param note how the journal stores the answer; default: as it is
   */
  answer(answer: HostAnswer, note?: AnswerNote): void;
  /**
   * Gives the guest an operation's result.
   * @param result JSON text
   * @param isRecorded whether the result is already in the journal
   */
  deliver(operation: number, result: string, isRecorded: boolean): void;
  /** What runs beside the workflow. */
  readonly operations: OpenOperations;
  /** The workflow as `info` describes it. */
  describeWorkflow(): WorkflowDescription;
  /**
   * Ends the workflow: this call gets no answer.
   * @param code default: `INVALID_CALL`
   * @param thrown the error that it ends with
   */
  fail(message: string, code?: WorkflowFailureCode, thrown?: ThrownError): void;
  /** Limits of what guests may ask for. */
  readonly limits: GuestLimits;
  /**
   * Stores a value of the workflow under a name, in one transaction with the answer that follows.
   * @param value null deletes it
   */
  note(name: string, value: string | null): void;
  /** The workflow's labels as they are now. */
  readonly labels: Labels;
  /** Changes them, in one transaction with the answer that follows. */
  changeLabels(changes: LabelChanges): void;
  /** Whether a text contains one of the engine's secrets. */
  holdsSecret(text: string): boolean;
  /** Ends this run of the workflow, and begins the next one: this call gets no answer. @param input JSON text */
  continueWith(input: string): void;
  /** Whether the workflow was asked to cancel, and has not taken the message that says so. */
  readonly cancelAsked: boolean;
  /** Takes that message out of the mailbox, if it may be the answer to any waiting call. */
  takeCancel(): StoredMessage | undefined;
  /**
   * Answers an update, in one transaction with the answer that `settle` gives.
   * @param settle called with nothing, or with why there is no such update to answer
   * @returns withdraws it
   */
  answerUpdate(
    number: number,
    reply: UpdateReply,
    settle: (refusal?: ExtensionError) => void,
  ): () => void;
  /**
   * Sends another workflow a message, or ends it, in one transaction with the answer that `settle` gives.
   * @param settle called with nothing, or with why that is impossible
   * @returns withdraws it
   */
  tell(id: string, telling: Telling, settle: (refusal?: ExtensionError) => void): () => void;
  /**
   * Starts a workflow, in one transaction with the answer that `settle` gives.
   * @param settle called with its public id, or with why there is none
   * @returns withdraws it
   */
  startChild(child: ChildRequest, settle: (started: string | ExtensionError) => void): () => void;
  /** Records that the call was made, and what must be known to continue waiting after a crash. */
  record(detail: string): void;
  /** Sets what the call is shown to wait for, and when the workflow must be run again after a crash. */
  waitsFor(waiting: WorkflowWaiting, wakeAt: number | null): void;
  /** Records the call's progress, which is its `detail` from then on. */
  progress(detail: string): void;
  /** When the call was first made, in milliseconds since the Unix epoch. */
  readonly madeAt: number;
  /**
   * A key that is unique among all calls of all workflows, and the same after a restart; only once the call is
   * recorded.
   */
  key(): string;
  /** The workflow's public id. */
  readonly workflowId: string;
  /** The activities that wait for workers. */
  readonly activities: ActivityTasks;
  /** Waits for another workflow's end, as `OtherWorkflows.result` does. */
  result(id: string, signal: AbortSignal): Promise<string>;
  /** Resolved once everything that the workflow has done so far would survive a crash. */
  durable(): Promise<void>;
  /** Takes the oldest message of one of the types out of the mailbox, if there is one. */
  takeMessage(types: readonly string[]): StoredMessage | undefined;
  /**
   * Asks whether the workflow may start a child. The decision may come immediately, later (too many at a time), or
   * never (it is about to be cancelled).
   *
   * @param decide called with nothing, or with the reason for the refusal
   * @returns withdraws the question
   */
  admitChild(decide: (refusal?: string) => void): () => void;
  /** A new workflow of the same module, not running yet; undefined if the module has no such workflow. */
  createWorkflow(workflow: string, input: string): CreatedWorkflow | undefined;
}

/** A workflow that another one wants to start. */
export interface ChildRequest {
  /** Default: its parent's module. */
  readonly module: string | undefined;
  /** Default: the newest version if `module` is given; otherwise its parent's version. */
  readonly version: string | undefined;
  readonly workflow: string;
  /** JSON text. */
  readonly input: string;
  readonly idempotencyKey: string | null;
  /** Whether it is asked to cancel when its parent ends. */
  readonly bound: boolean;
  readonly labels: Labels;
}

/** A workflow's answer to an update. */
export type UpdateReply =
  | {
      /** JSON text. */
      readonly value: string;
    }
  | { readonly error: { readonly name: string; readonly message: string } };

/** Limits of what guests may ask of the host; see `EngineLimits`. */
export interface GuestLimits {
  readonly stateBytes: number;
  readonly textCharacters: number;
}

/** An answer that only says that an operation was begun or aborted. */
export interface AnswerNote {
  readonly kind: "begun" | "aborted";
  readonly operation: number;
}

/** What a workflow is told about itself. */
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
   * Saves it in one transaction with what its parent has done so far, and lets it run. Call this after
   * the answer, because the parent's record of the start must exist by then.
   */
  begin(): void;
}

/** A call that waits. */
export interface WaitingCall {
  /** Called when the time given to `waitsFor` has come. */
  timeCame?(): void;
  /** Called when a message has arrived in the mailbox. */
  messageCame?(): void;
  /** Called when a message that asks the workflow to cancel has arrived in the mailbox, after `messageCame`. */
  cancelCame?(): void;
  /** Called when an operation has ended. @returns whether the call was answered with it */
  operationEnded?(): boolean;
  /** Called when the workflow ends or leaves memory. */
  cancel?(): void;
  /** Whether the workflow may leave memory meanwhile and begin this call again from the journal. */
  readonly canLeaveMemory: boolean;
  /** Whether the call continues while the guest is not in memory: its run stays in memory then. Default: false. */
  readonly goesOn?: boolean;
}

/** A host call that was answered immediately. */
export const answered: WaitingCall = { canLeaveMemory: false };

/** The kinds of host call that the engine answers; the guest's own thread answers all others. */
export type EngineCall = Extract<
  HostCall,
  { readonly kind: "Sleep" | "HTTPRequest" | "RecvMessage" | "StartWorkflow" }
>;
