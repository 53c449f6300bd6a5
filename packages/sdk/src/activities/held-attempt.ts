import {
  parseJson,
  writeJson,
  type ActivityContext,
  type ActivityLogger,
} from "@flawless-ts/wasm-module";
import type {
  ActivityBeat,
  ActivityReport,
  HandedOutActivity,
} from "../connection/activity-types.ts";
import type { AttemptResult } from "./run-activity.ts";

/** Why an activity's signal is aborted. */
export type AbortCause = "time-out" | "ended" | "shutdown";

const messages: Readonly<Record<AbortCause, string>> = {
  "time-out": "The activity timed out.",
  ended:
    "The server no longer wants this attempt: it was cancelled, timed out, or was handed to another worker.",
  shutdown: "The worker stops.",
};

/** One attempt that a worker has, from its assignment until its result is reported. */
export class HeldAttempt {
  readonly task: HandedOutActivity;
  readonly context: ActivityContext;
  readonly #controller = new AbortController();
  #isAlive = false;
  #details: string | null = null;

  constructor(task: HandedOutActivity, queue: string, logger: ActivityLogger) {
    this.task = task;
    this.context = {
      name: task.name,
      queue,
      attempt: task.attempt,
      idempotencyKey: task.idempotencyKey,
      workflowId: task.workflow,
      signal: this.#controller.signal,
      lastDetails: task.details === null ? undefined : parseJson(task.details),
      logger: withFields(logger, {
        activity: task.name,
        attempt: task.attempt,
        workflow: task.workflow,
      }),
      heartbeat: (details) => this.#heartbeat(details),
    };
  }

  abort(cause: AbortCause): void {
    this.#controller.abort(
      new DOMException(messages[cause], cause === "time-out" ? "TimeoutError" : "AbortError"),
    );
  }

  /** The heartbeat since the last one. */
  takeBeat(): ActivityBeat {
    const beat = { lease: this.task.lease, alive: this.#isAlive, details: this.#details };
    this.#isAlive = false;
    this.#details = null;
    return beat;
  }

  /** Its result, with the details since the last heartbeat if another attempt may follow. */
  reportOf(result: AttemptResult): ActivityReport {
    const { lease } = this.task;
    return "value" in result
      ? { lease, ...result }
      : { lease, ...result, details: this.takeBeat().details };
  }

  #heartbeat(details: unknown): void {
    const text = details === undefined ? this.#details : writeJson(details);
    this.#isAlive = true;
    this.#details = text;
  }
}

/** The same logger, with more fields in each line. */
function withFields(logger: ActivityLogger, more: object): ActivityLogger {
  return {
    debug: (fields, message) => logger.debug({ ...more, ...fields }, message),
    info: (fields, message) => logger.info({ ...more, ...fields }, message),
    warn: (fields, message) => logger.warn({ ...more, ...fields }, message),
    error: (fields, message) => logger.error({ ...more, ...fields }, message),
  };
}
