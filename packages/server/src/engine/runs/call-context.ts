import type { ActivityTasks } from "../../activities/index.ts";
import type { ResolvedRetryOptions } from "@flawless-ts/wasm-module/internal";
import type { ThrownError } from "@flawless-ts/sdk";
import { encodeHostAnswer, type HostAnswer } from "@flawless-ts/wasm-module";
import { cancelData, cancelMessage } from "../../host-calls/cancel-message.ts";
import { operationAnswer } from "../../host-calls/extensions/extension-answer.ts";
import type { ExtensionError } from "../../host-calls/extensions/extension-answer.ts";
import type {
  LeavingCall,
  OtherWorkflows,
  Telling,
} from "../../host-calls/extensions/other-workflows.ts";
import type { OpenOperations } from "../../host-calls/extensions/open-operations.ts";
import type { SentOnce } from "../../host-calls/sent-once.ts";
import type {
  AnswerNote,
  ChildRequest,
  CreatedWorkflow,
  GuestLimits,
  WaitingCallContext,
  WorkflowDescription,
} from "../../host-calls/waiting-call.ts";
import {
  abortLine,
  beginLine,
  deliveryLine,
  intentLine,
  progressLine,
  resultLine,
  soleOperation,
  stepLine,
} from "../../journal/journal-line.ts";
import type { StoredMessage } from "../../store/workflow-store.ts";
import type { HttpClient } from "../../network/http-client.ts";
import { withHeaders } from "../../network/wrapped-http-client.ts";
import type { Clock } from "../../time/clock.ts";
import type { LabelChanges, Labels } from "../../workflow/labels.ts";
import type { WorkflowFailure, WorkflowFailureCode } from "../../workflow/workflow-failure.ts";
import type { Committer } from "../committer.ts";
import type { EngineObserver, ObservedWorkflow } from "../observing/index.ts";
import { shortened } from "../observing/index.ts";
import { serverVersion } from "../../server-version.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import type { UpdateReply, WorkflowWaiting } from "../types.ts";
import type { Activity } from "./activity.ts";
import { askUntilAnswered } from "./ask-until-answered.ts";
import type { ChildStarts } from "./child-starts.ts";
import type { Updates } from "./updates.ts";
import type { Wakeups } from "./wakeups.ts";
import type { WorkflowRecord } from "./workflow-record.ts";
import type { WorkflowTrees } from "./workflow-trees.ts";

/** The max number of characters shown of the URL that a workflow waits for. */
const shownUrlCharacters = 2_048;

/** A call that a guest made. */
export interface MadeCall {
  /** The guest's JSON. */
  readonly call: string;
  /** What the journal already holds of this call, or null. */
  readonly detail: string | null;
  /** When it was made, if the journal says so; null: now. */
  readonly madeAt: number | null;
}

/** The workflow that makes a call, as far as the call needs it. */
export interface CallOwner {
  readonly record: WorkflowRecord;
  /** The workflow as observers see it. */
  readonly observed: ObservedWorkflow;
  readonly ended: boolean;
  readonly operations: OpenOperations;
  /** Shows what the call waits for, and until when: null for no time, 0 for a time that the engine can't know. */
  waitsFor(waiting: WorkflowWaiting, time: number | null): void;
  /**
   * The call's answer is recorded.
   * @param answer JSON text of the guest ABI
   */
  callAnswered(answer: string): void;
  /** Ends the workflow, because nobody can answer the call. */
  fail(failure: WorkflowFailure): void;
  /** Lets the workflow continue as new. @param input JSON text */
  continueWith(input: string): void;
}

/** A new workflow that another one started. It does not run yet. */
export interface ChildRun {
  readonly id: number;
  activate(): void;
}

/** What calls need of the engine. */
export interface CallServices {
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly retry: ResolvedRetryOptions;
  readonly sentOnce: SentOnce;
  readonly limits: GuestLimits;
  /** Undefined if nobody observes. */
  readonly observer: EngineObserver | undefined;
  readonly committer: Committer;
  readonly activity: Pick<Activity, "change">;
  readonly activities: ActivityTasks;
  readonly workflows: OtherWorkflows;
  readonly wakeups: Pick<Wakeups, "add">;
  readonly trees: Pick<WorkflowTrees, "admit">;
  readonly updates: Pick<Updates, "reply">;
  readonly childStarts: Pick<ChildStarts, "start">;
  /** A new workflow of the parent's module; undefined if the module has no such workflow. */
  readonly createChild: (
    parent: WorkflowRecord,
    workflow: string,
    input: string,
  ) => ChildRun | undefined;
  /** Removes the engine's secrets from a text that people read. */
  readonly hideSecrets: (text: string) => string;
  /** Reports an error that no caller is there to see. */
  readonly failed: (error: unknown) => void;
}

/** One host call of one workflow, from when it is made (or reached again in a replay) to its answer. */
export class CallContext implements WaitingCallContext {
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly retry: ResolvedRetryOptions;
  readonly sentOnce: SentOnce;
  readonly detail: string | null;
  readonly madeAt: number;
  readonly activities: ActivityTasks;
  readonly #services: CallServices;
  readonly #owner: CallOwner;
  readonly #call: string;
  #isRecorded: boolean;
  #open = true;

  constructor(services: CallServices, owner: CallOwner, made: MadeCall) {
    const { call, detail, madeAt } = made;
    const { clock, http, observer, retry } = services;
    this.clock = clock;
    this.http =
      observer?.requestHeaders === undefined
        ? http
        : withHeaders(http, () => observer.requestHeaders?.(owner.observed) ?? []);
    this.retry = retry;
    this.sentOnce = services.sentOnce;
    this.detail = detail;
    this.activities = services.activities;
    this.#services = services;
    this.#owner = owner;
    this.#call = call;
    this.#isRecorded = detail !== null;
    this.madeAt = madeAt ?? clock.now();
  }

  /** Whether it still has no answer. */
  get isOpen(): boolean {
    return this.#open;
  }

  answer(answer: HostAnswer, note?: AnswerNote): void {
    // The journal and the guest get the same text, because it may be very long.
    const text = encodeHostAnswer(answer);
    if (note !== undefined) {
      const line = note.kind === "begun" ? beginLine : abortLine;
      this.#answered(text, line(this.madeAt, this.#call, note.operation));
    } else if (this.#isRecorded) {
      this.#answered(text, resultLine(this.clock.now(), text));
    } else {
      this.#answered(text, stepLine(this.madeAt, this.#call, text));
    }
  }

  deliver(operation: number, result: string, isRecorded: boolean): void {
    const intent = this.#isRecorded ? "" : intentLine(this.madeAt, this.#call, "");
    const delivery = deliveryLine(this.clock.now(), operation, isRecorded ? null : result);
    this.#answered(operationAnswer(operation, result), intent + delivery);
  }

  get operations(): OpenOperations {
    return this.#owner.operations;
  }

  describeWorkflow(): WorkflowDescription {
    const { id, parent, root, module, version, workflow } = this.#owner.record.workflow;
    return {
      id: toPublicId(id),
      parent: parent === null ? null : toPublicId(parent),
      root: toPublicId(root),
      module,
      version,
      workflow,
      server: { name: "flawless-ts", version: serverVersion },
      run: this.#owner.record.state.run,
    };
  }

  fail(message: string, code: WorkflowFailureCode = "INVALID_CALL", thrown?: ThrownError): void {
    this.#open = false;
    this.#owner.fail(thrown === undefined ? { code, message } : { code, message, thrown });
  }

  continueWith(input: string): void {
    this.#open = false;
    this.#owner.continueWith(input);
  }

  get limits(): GuestLimits {
    return this.#services.limits;
  }

  get cancelAsked(): boolean {
    return this.#owner.record.messageOf(cancelMessage) !== undefined;
  }

  takeCancel(): StoredMessage | undefined {
    const { record } = this.#owner;
    return record.messageOf(cancelMessage)?.data === cancelData.calls
      ? record.takeMessage([cancelMessage])
      : undefined;
  }

  get workflowId(): string {
    return this.#owner.observed.id;
  }

  key(): string {
    const { record } = this.#owner;
    return workflowKey(record, record.journalSize.steps);
  }

  note(name: string, value: string | null): void {
    this.#owner.record.note(name, value);
  }

  get labels(): Labels {
    return this.#owner.record.labels;
  }

  changeLabels(changes: LabelChanges): void {
    this.#owner.record.changeLabels(changes);
  }

  holdsSecret(text: string): boolean {
    return this.#services.hideSecrets(text) !== text;
  }

  answerUpdate(
    number: number,
    reply: UpdateReply,
    settle: (refusal?: ExtensionError) => void,
  ): () => void {
    const { record } = this.#owner;
    return this.#ask((isOpen) =>
      this.#services.updates.reply(record, number, reply, { isOpen, settle }),
    );
  }

  result(id: string, signal: AbortSignal): Promise<string> {
    return this.#services.workflows.result(this.#owner.record.id, id, signal);
  }

  tell(id: string, telling: Telling, settle: (refusal?: ExtensionError) => void): () => void {
    const { id: from } = this.#owner.record;
    return this.#askOthers((call) =>
      this.#services.workflows.tell(from, id, telling, { ...call, settle }),
    );
  }

  startChild(child: ChildRequest, settle: (started: string | ExtensionError) => void): () => void {
    const { record } = this.#owner;
    return this.#askOthers((call) =>
      this.#services.childStarts.start(record, child, { ...call, settle }),
    );
  }

  progress(detail: string): void {
    if (this.#open && !this.#owner.ended) {
      this.#owner.record.append(progressLine(this.clock.now(), soleOperation, detail));
    }
  }

  record(detail: string): void {
    this.#isRecorded = true;
    this.#owner.record.append(intentLine(this.madeAt, this.#call, detail));
  }

  waitsFor(waiting: WorkflowWaiting, wakeAt: number | null): void {
    const shown =
      waiting.on === "http"
        ? {
            ...waiting,
            url: shortened(this.#services.hideSecrets(waiting.url), shownUrlCharacters),
          }
        : waiting;
    this.#owner.waitsFor(shown, wakeAt);
  }

  async durable(): Promise<void> {
    const { activity, committer } = this.#services;
    // Counts from now on: an engine that closed in between would leave an intent without its effect.
    activity.change("intending", 1);
    try {
      await committer.commit(this.#owner.record);
    } finally {
      activity.change("intending", -1);
    }
  }

  takeMessage(types: readonly string[]): StoredMessage | undefined {
    return this.#owner.record.takeMessage(types);
  }

  admitChild(decide: (refusal?: string) => void): () => void {
    const { root, depth } = this.#owner.record;
    const { trees, failed } = this.#services;
    return trees.admit(root, depth, decide, failed);
  }

  createWorkflow(workflow: string, input: string): CreatedWorkflow | undefined {
    const child = this.#services.createChild(this.#owner.record, workflow, input);
    if (child === undefined) {
      return undefined;
    }
    return {
      id: child.id,
      begin: () => {
        // Requested now, so that whatever the child does first is saved in this transaction or later.
        const { committer, failed } = this.#services;
        committer.commit(this.#owner.record).catch(failed);
        child.activate();
      },
    };
  }

  #ask(ask: (isOpen: () => boolean) => Promise<void>): () => void {
    return askUntilAnswered(this.#services, () => this.#open && !this.#owner.ended, ask);
  }

  /** For requests that may go to another partition. */
  #askOthers(ask: (call: LeavingCall) => Promise<void>): () => void {
    const left = new AbortController();
    const leave: LeavingCall["leave"] = (note) => this.#leave(note);
    const stop = this.#ask((isOpen) =>
      ask({ isOpen, left: this.detail, leave, signal: left.signal }),
    );
    return () => {
      stop();
      left.abort();
    };
  }

  async #leave(note: string): ReturnType<LeavingCall["leave"]> {
    if (!this.#isRecorded) {
      this.record(note);
      this.waitsFor({ on: "operations", count: 1, types: [], until: null }, 0);
    }
    const { record } = this.#owner;
    const step = { run: record.state.run, step: record.journalSize.steps };
    await this.#services.committer.commit(record);
    return step;
  }

  /** @param lines what the journal stores of it */
  #answered(text: string, lines: string): void {
    if (!this.#open || this.#owner.ended) {
      return;
    }
    this.#open = false;
    this.#services.observer?.callAnswered?.(this.#owner.observed, {
      call: this.#call,
      answer: text,
      madeAt: this.madeAt,
      answeredAt: this.clock.now(),
      resumed: this.detail !== null,
    });
    this.#owner.record.append(lines);
    this.#owner.callAnswered(text);
  }
}

/** A key that no other step of any workflow has. */
export function workflowKey(
  { id, workflow }: Pick<WorkflowRecord, "id" | "workflow">,
  step: number,
): string {
  // A new directory has the same ids again.
  return `${toPublicId(id)}.${workflow.createdAt.toString(36)}.${workflow.run}.${step}`;
}
