import {
  activityOf,
  HeldAttempt,
  runActivity,
  silentLogger,
  type ActivityReport,
  type AttemptResult,
  type HandedOutActivity,
} from "@flawless-ts/sdk/internal";
import type { ActivityDefinitions } from "@flawless-ts/wasm-module";
import { realTimers } from "../environment/real-timers.ts";
import { hang } from "../environment/http-reply.ts";

/** An attempt that the environment's worker has. */
export class HeldActivity {
  readonly task: HandedOutActivity;
  readonly queue: string;
  readonly attempt: HeldAttempt;
  /** When it began, in the environment's time. */
  readonly startedAt: number;
  /** The report for the server; undefined while it runs. */
  report: ActivityReport | undefined;
  /** Called when the server no longer wants it. */
  onEnd: (() => void) | undefined;
  /** The real time of its start, in milliseconds. */
  readonly workSince: number = realTimers.monotonicNow();
  /** Whether it may be doing real work, for which time stands still. */
  mayBeAtWork = true;

  constructor(queue: string, task: HandedOutActivity, startedAt: number) {
    this.task = task;
    this.queue = queue;
    this.attempt = new HeldAttempt(task, queue, silentLogger);
    this.startedAt = startedAt;
  }

  /** Runs it. Never settled if it returns `hang`. */
  async run(definitions: ActivityDefinitions): Promise<AttemptResult> {
    const definition = activityOf(definitions, this.task.name);
    if (definition === undefined) {
      // It was claimed for an activity that existed then.
      return await this.#never();
    }
    const isFunction = typeof definition === "function";
    const run = isFunction ? definition : definition.run;
    const orHang = async (input: never, context: typeof this.attempt.context): Promise<unknown> => {
      const value = await run(input, context);
      return value === hang ? await this.#never() : value;
    };
    const wrapped = isFunction ? orHang : { ...definition, run: orHang };
    return await runActivity(wrapped, this.task.input, this.attempt.context);
  }

  /** The server no longer wants it. @param now the environment's time */
  end(now: number): void {
    this.onEnd?.();
    const isOverdue = now >= this.startedAt + this.task.timeoutMs;
    this.attempt.abort(isOverdue ? "time-out" : "ended");
  }

  async #never(): Promise<never> {
    this.mayBeAtWork = false;
    return await new Promise<never>(() => undefined);
  }
}
