import { FlawlessError } from "@flawless-ts/wasm-module/internal/client";
import type { WorkerLogger } from "./types.ts";

/** Logs a failure when it begins, changes and ends, not at each attempt in between. */
export class FailureLog {
  readonly #logger: WorkerLogger;
  readonly #failures: Map<string, string> = new Map();

  constructor(logger: WorkerLogger) {
    this.#logger = logger;
  }

  /** @param activity what fails, such as "Claiming jobs". */
  failed(activity: string, error: unknown, advice: string): void {
    const kind = FlawlessError.is(error) ? error.code : String(error);
    if (this.#failures.get(activity) === kind) return;
    this.#failures.set(activity, kind);
    this.#logger.warn({ err: error }, `${activity} fails: ${messageOf(error)} ${advice}`);
  }

  /** Forgets the failure. */
  worked(activity: string): void {
    if (this.#failures.delete(activity)) this.#logger.info({}, `${activity} works again.`);
  }
}

/** An error's message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
