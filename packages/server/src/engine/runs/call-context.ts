import type { ResolvedRetryOptions } from "@flawless-ts/wasm-module/internal";
import { encodeHostAnswer, type HostAnswer } from "@flawless-ts/wasm-module";
import type { HttpClient } from "../../network/http-client.ts";
import type { CreatedWorkflow, WaitingCallContext } from "../../host-calls/waiting-call.ts";
import { withHeaders } from "../../network/with-headers.ts";
import { intentLine, resultLine, stepLine } from "../../journal/journal-line.ts";
import type { StoredMessage } from "../../journal/journal.ts";
import type { Clock } from "../../time/clock.ts";
import type { RunHost } from "./run-host.ts";
import { shortened } from "../shortened.ts";
import type { WorkflowWaiting } from "../types.ts";
import type { WorkflowFailureCode } from "../../workflow/workflow-failure.ts";
import type { WorkflowRun } from "./workflow-run.ts";

/** Characters of the URL that a workflow is shown to wait for. */
const shownUrlCharacters = 2_048;

/** A call that a guest made. */
export interface MadeCall {
  /** The guest's JSON. */
  readonly call: string;
  /** What the journal holds of this call already, or null. */
  readonly detail: string | null;
  /** When it was made, where the journal tells; null: now. */
  readonly madeAt: number | null;
}

/** How a call ends. */
export interface CallEnd {
  answer(answer: HostAnswer): void;
  fail(message: string, code: WorkflowFailureCode): void;
}

/** One host call of one workflow, from when it is made (or met again in a replay) to its answer. */
export class CallContext implements WaitingCallContext {
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly retry: ResolvedRetryOptions;
  readonly detail: string | null;
  readonly #host: RunHost;
  readonly #run: WorkflowRun;
  readonly #call: string;
  readonly #end: CallEnd;
  readonly #madeAt: number;
  #isRecorded: boolean;
  #open = true;

  /**
   * @param made by the guest
   */
  constructor(host: RunHost, run: WorkflowRun, made: MadeCall, end: CallEnd) {
    const { call, detail, madeAt } = made;
    this.clock = host.clock;
    const { observer } = host;
    this.http =
      observer?.requestHeaders === undefined
        ? host.http
        : withHeaders(host.http, () => observer.requestHeaders?.(run.observed) ?? []);
    this.retry = host.limits.retry;
    this.detail = detail;
    this.#host = host;
    this.#run = run;
    this.#call = call;
    this.#end = end;
    this.#isRecorded = detail !== null;
    this.#madeAt = madeAt ?? host.clock.now();
  }

  /** Whether it still has no answer. */
  get isOpen(): boolean {
    return this.#open;
  }

  answer(answer: HostAnswer): void {
    if (!this.#open || this.#run.ended) {
      return;
    }
    this.#open = false;
    const text = encodeHostAnswer(answer);
    this.#host.observer?.callAnswered?.(this.#run.observed, {
      call: this.#call,
      answer: text,
      madeAt: this.#madeAt,
      answeredAt: this.clock.now(),
      resumed: this.detail !== null,
    });
    this.#run.record.append(
      this.#isRecorded
        ? resultLine(this.clock.now(), text)
        : stepLine(this.#madeAt, this.#call, text),
    );
    this.#end.answer(answer);
  }

  fail(message: string, code: WorkflowFailureCode = "INVALID_CALL"): void {
    this.#open = false;
    this.#end.fail(message, code);
  }

  record(detail: string): void {
    this.#isRecorded = true;
    this.#run.record.append(intentLine(this.#madeAt, this.#call, detail));
  }

  waitsFor(waiting: WorkflowWaiting, wakeAt: number | null): void {
    const shown =
      waiting.on === "http"
        ? { ...waiting, url: shortened(this.#host.hideSecrets(waiting.url), shownUrlCharacters) }
        : waiting;
    this.#run.record.change({ waiting: shown, wakeAt });
    if (wakeAt !== null && wakeAt !== 0) {
      this.#host.wakeLater({ id: this.#run.id, wakeAt });
    }
  }

  async durable(): Promise<void> {
    // Counts already: an engine that closed in between would leave an intent without its effect.
    this.#host.busy("requesting", 1);
    try {
      await this.#host.committer.commit(this.#run.record);
    } finally {
      this.#host.busy("requesting", -1);
    }
  }

  takeMessage(types: readonly string[]): StoredMessage | undefined {
    return this.#run.record.takeMessage(types);
  }

  admitChild(decide: (refusal?: string) => void): () => void {
    return this.#host.admitChild(this.#run, decide);
  }

  createWorkflow(workflow: string, input: string): CreatedWorkflow | undefined {
    const child = this.#host.createChild(this.#run, workflow, input);
    if (child === undefined) {
      return undefined;
    }
    return {
      id: child.id,
      begin: () => {
        // Asked for now, so that whatever the child does first is saved in this transaction or later.
        this.#host.committer
          .commit(this.#run.record)
          .catch((error: unknown) => this.#host.failed(error));
        child.activate();
      },
    };
  }
}
