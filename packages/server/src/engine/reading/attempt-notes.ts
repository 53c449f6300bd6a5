import { readProgress, type TaskProgress } from "../../activities/task-progress.ts";
import { type OperationResults, soleOperation } from "../../journal/journal-line.ts";

/** An attempt of an activity that failed. Times are in milliseconds since the Unix epoch. */
export interface NotedAttempt {
  readonly operation: number;
  /** Null if the operation has a number, which identifies its steps. */
  readonly step: number | null;
  readonly at: number;
  readonly nextAt: number;
  readonly fault: Extract<TaskProgress, { readonly kind: "failed" }>["fault"];
}

/** The max number per page. More are omitted, because an activity may be retried endlessly. */
const maxAttempts = 500;

/** Notes which attempts of activities failed while a journal is being read. */
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

  /** These results, for a reader of the journal whose progress lines are noted. */
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
