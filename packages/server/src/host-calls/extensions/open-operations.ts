import { encodeHostAnswer, type HostAnswer, type HttpRequest } from "@flawless-ts/wasm-module";
import { operationLine, progressLine } from "../../journal/journal-line.ts";
import type { RecordedOperation } from "../../journal/recorded-operations.ts";
import { exchange, type HttpExchange, interruptedRequest } from "../http-exchange.ts";
import type { ActivityTasks, OpenActivity } from "../../activities/index.ts";
import { ExtensionError } from "./extension-answer.ts";
import type { SentOnce, UnderWay } from "../sent-once.ts";
import { type Operation, requestSentOnce } from "./operation.ts";
import { activityResult } from "./activity-result.ts";

/** What operations need from their workflow. */
export interface OperationsHost extends HttpExchange {
  readonly activities: ActivityTasks;
  readonly sentOnce: SentOnce;
  /** Waits for another workflow's end, as `OtherWorkflows.result` does. */
  result(id: string, signal: AbortSignal): Promise<string>;
  /** The workflow's public id. */
  readonly workflowId: string;
  /** The max number of open operations. */
  readonly maxOpen: number;
  /** Appends to the workflow's journal. @returns resolved once that is durable */
  append(lines: string): Promise<void>;
  /** Resolved once everything that the workflow has done so far would survive a crash. */
  durable(): Promise<void>;
  /** Called when an operation has ended. @returns whether the workflow took its result immediately */
  ended(operation: number): boolean;
}

/** How an operation ended. */
export interface OperationEnd {
  /** In milliseconds since the Unix epoch. */
  readonly at: number;
  /** JSON text. */
  readonly result: string;
  /** Whether it is already in the journal. */
  isRecorded: boolean;
}

interface OpenOperation {
  readonly number: number;
  readonly operation: Operation;
  readonly begunAt: number;
  end: OperationEnd | undefined;
  activity: OpenActivity | undefined;
  abort: (() => void) | undefined;
}

/** The operations of one workflow that have begun and whose results it has not received yet. */
export class OpenOperations {
  readonly #host: OperationsHost;
  readonly #open = new Map<number, OpenOperation>();
  #highest = 0;

  constructor(host: OperationsHost) {
    this.#host = host;
  }

  /** Whether an operation is running in this process. */
  get active(): boolean {
    return [...this.#open.values()].some(({ operation, end }) => {
      return operation.kind !== "sleep" && end === undefined;
    });
  }

  has(number: number): boolean {
    return this.#open.has(number);
  }

  /** Checks that an operation may begin. @throws ExtensionError if not */
  admit(number: number): void {
    if (number <= this.#highest) {
      throw new ExtensionError(
        409,
        "OPERATION_EXISTS",
        `Operation ${number} can't begin: each needs a higher number than those before, and ${this.#highest} was used.`,
      );
    }
    if (this.#open.size >= this.#host.maxOpen) {
      throw new ExtensionError(
        429,
        "LIMIT_REACHED",
        `${this.#open.size} operations are open, as many as the limit openOperations allows.`,
      );
    }
  }

  /** Begins an operation whose intent was passed to the journal. */
  begin(number: number, operation: Operation, key: string): void {
    this.#highest = Math.max(this.#highest, number);
    this.#start(this.#add(number, operation, this.#host.clock.now()), key, undefined);
  }

  /**
   * Continues an operation that was open when the server stopped.
   * @param isOthers whether another workflow opened it, so that no worker has a task of this one
   */
  restore(
    recorded: RecordedOperation,
    operation: Operation,
    key: string,
    isOthers: boolean = false,
  ): void {
    const { number, begunAt, end, progress } = recorded;
    const open = this.#add(number, operation, begunAt);
    const sentOnce = requestSentOnce(operation);
    if (end !== null) {
      open.end = { ...end, isRecorded: true };
    } else if (sentOnce !== undefined) {
      this.#follow(open, sentOnce, key, progress);
    } else {
      this.#start(open, key, isOthers ? (progress ?? undefined) : progress);
    }
  }

  /** Marks numbers up to this one as used. */
  useUpTo(number: number): void {
    this.#highest = Math.max(this.#highest, number);
  }

  /** The earliest end; undefined if none of them has ended. */
  firstEnded(
    numbers: readonly number[],
    now: number,
  ): { readonly number: number; readonly end: OperationEnd } | undefined {
    let first: { readonly number: number; readonly end: OperationEnd } | undefined;
    for (const number of numbers) {
      const end = this.#endOf(number, now);
      if (end !== undefined && (first === undefined || end.at < first.end.at)) {
        first = { number, end };
      }
    }
    return first;
  }

  /** When the first of the given sleeps is over, in milliseconds since the Unix epoch; null if there is none. */
  nextTime(numbers: readonly number[]): number | null {
    const times = numbers.flatMap((number) => {
      const open = this.#open.get(number);
      return open?.operation.kind === "sleep" ? [open.begunAt + open.operation.ms] : [];
    });
    return times.length === 0 ? null : Math.min(...times);
  }

  operation(number: number): Operation | undefined {
    return this.#open.get(number)?.operation;
  }

  /** The number of an activity's current or next attempt. */
  attempt(number: number): number {
    return this.#open.get(number)?.activity?.attempt ?? 1;
  }

  /** Call this when the workflow has received the result. */
  delivered(number: number): void {
    this.#open.delete(number);
  }

  /** Ends an operation whose result is not wanted. */
  abort(number: number): void {
    const open = this.#open.get(number);
    this.#open.delete(number);
    open?.abort?.();
  }

  /** Call this when the workflow has ended, or the engine stops. */
  abortAll(): void {
    for (const number of [...this.#open.keys()]) {
      this.abort(number);
    }
  }

  #endOf(number: number, now: number): OperationEnd | undefined {
    const open = this.#open.get(number);
    if (open?.operation.kind !== "sleep") {
      return open?.end;
    }
    const at = open.begunAt + open.operation.ms;
    return at <= now ? { at, result: "{}", isRecorded: false } : undefined;
  }

  #add(number: number, operation: Operation, begunAt: number): OpenOperation {
    const open: OpenOperation = {
      number,
      operation,
      begunAt,
      end: undefined,
      activity: undefined,
      abort: undefined,
    };
    this.#open.set(number, open);
    return open;
  }

  /** @param progress null if the operation began before a restart and nothing more is known of it */
  #start(open: OpenOperation, key: string, progress: string | null | undefined): void {
    const { operation } = open;
    if (operation.kind === "sleep") {
      return;
    }
    const aborted = new AbortController();
    const abort = (): void => aborted.abort();
    const sent = this.#beginSentOnce(open, key, abort);
    open.abort = sent?.cancel ?? abort;
    void (async () => {
      await this.#host.durable();
      aborted.signal.throwIfAborted();
      if (operation.kind === "http") {
        const answer = await exchange(operation.request, this.#host, aborted.signal);
        if (!aborted.signal.aborted && sent?.isForNext(answer) !== true) {
          this.#end(open, httpResult(answer));
        }
      } else if (operation.kind === "result") {
        this.#end(open, await this.#host.result(operation.id, aborted.signal));
      } else {
        this.#openActivity(open, operation.activity, key, progress);
      }
    })()
      .catch(() => {
        // The workflow has ended, or its journal can't be written, which the engine itself reports.
      })
      .finally(sent?.end);
  }

  #beginSentOnce(open: OpenOperation, key: string, abort: () => void): UnderWay | undefined {
    const { append, clock, sentOnce, workflowId: workflow } = this.#host;
    const request = requestSentOnce(open.operation);
    const note = (text: string): void => {
      // If it can't be saved, the request is interrupted.
      append(progressLine(clock.now(), open.number, text)).catch(() => undefined);
    };
    return request && sentOnce.begin({ workflow, key, request, note, abort });
  }

  /** An earlier engine sent the request of an operation that has not ended. */
  #follow(open: OpenOperation, request: HttpRequest, key: string, note: string | null): void {
    const { durable, sentOnce, workflowId: workflow } = this.#host;
    const sent = { workflow, key };
    const left = new AbortController();
    const following = sentOnce.following(sent, request, note, left.signal);
    if (following === undefined) {
      this.#end(open, httpResult(interruptedRequest(request)));
      return;
    }
    open.abort = () => left.abort();
    void (async () => {
      this.#end(open, httpResult(await following));
      await durable();
      sentOnce.recorded(sent);
    })().catch(() => {
      // The workflow has ended, or the engine stops: the next one continues to wait.
    });
  }

  #openActivity(
    open: OpenOperation,
    activity: Extract<Operation, { kind: "activity" }>["activity"],
    key: string,
    progress: string | null | undefined,
  ): void {
    const { activities, clock, workflowId: workflow } = this.#host;
    const restored = progress !== undefined;
    const { begunAt: scheduledAt, number } = open;
    const opened = activities.open(
      { ...activity, key, workflow, scheduledAt, restored, progress: progress ?? null },
      {
        progress: (line) => this.#host.append(progressLine(clock.now(), number, line)),
        done: (outcome) => this.#end(open, activityResult(outcome)),
      },
    );
    open.activity = opened;
    open.abort = () => opened.abort();
  }

  #end(open: OpenOperation, result: string): void {
    if (this.#open.get(open.number) !== open || open.end !== undefined) {
      return;
    }
    const end: OperationEnd = { at: this.#host.clock.now(), result, isRecorded: false };
    open.end = end;
    open.abort = undefined;
    if (!this.#host.ended(open.number)) {
      end.isRecorded = true;
      void this.#host.append(operationLine(end.at, open.number, result)).catch(() => undefined);
    }
  }
}

/** The ABI's HTTPResponse without its name. */
export function httpResult(answer: HostAnswer): string {
  return encodeHostAnswer(answer).slice('{"HTTPResponse":'.length, -1);
}
