import { readProgress, type TaskProgress } from "../../activities/task-progress.ts";
import { type OperationResults, soleOperation } from "../../journal/journal-line.ts";

/** An attempt of an activity that failed. Times are in milliseconds since the Unix epoch. */
export interface NotedAttempt {
  readonly operation: number;
  /** Null where the operation has a number, by which its steps are known. */
  readonly step: number | null;
  readonly at: number;
  readonly nextAt: number;
  readonly fault: Extract<TaskProgress, { readonly kind: "failed" }>["fault"];
}

/** More of a page's are left out: an activity may be tried without end. */
const maxAttempts = 500;

/** Notes which attempts of activities failed while a journal is gone through. */
export class AttemptNotes {
  readonly #step: () => number;
  readonly #failed: NotedAttempt[] = [];

  /** @param step the number of the last step so far */
  constructor(step: () => number) {
    this.#step = step;
  }

  get failed(): readonly NotedAttempt[] {
    return this.#failed;
  }

  /** These results, and whoever goes through the journal is listened to. */
  with(results: Map<number, string>): OperationResults {
    return {
      set: (operation, result) => results.set(operation, result),
      get: (operation) => results.get(operation),
      delete: (operation) => results.delete(operation),
      progressed: (operation, at, line) => {
        const progress = readProgress(line);
        if (progress?.kind === "failed" && this.#failed.length < maxAttempts) {
          const { fault, nextAt } = progress;
          const step = operation === soleOperation ? this.#step() : null;
          this.#failed.push({ operation, step, at, nextAt, fault });
        }
      },
    };
  }
}
