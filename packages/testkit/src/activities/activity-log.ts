import { parseJson } from "@flawless-ts/sdk";
import type { AttemptResult, HandedOutActivity } from "@flawless-ts/sdk/internal";
import type { TestActivity, TestActivityAttempt } from "./test-activity.ts";

type Writable<Value> = { -readonly [Name in keyof Value]: Value[Name] };

/** The activities that ran, as tests see them. */
export class ActivityLog {
  readonly calls: TestActivity[] = [];
  readonly #byKey = new Map<string, { readonly attempts: TestActivityAttempt[] }>();

  /** An attempt begins. @returns a callback for its outcome; `null`: the server no longer wants it */
  began(
    queue: string,
    task: HandedOutActivity,
    at: number,
  ): (result: AttemptResult | null) => void {
    const attempt: Writable<TestActivityAttempt> = {
      attempt: task.attempt,
      at,
      outcome: "running",
    };
    this.#callOf(queue, task).attempts.push(attempt);
    return (result) => {
      if (result === null) {
        attempt.outcome = "ended";
      } else if ("value" in result) {
        attempt.outcome = "completed";
        attempt.value = parseJson(result.value);
      } else {
        const { name, message } = result.error;
        attempt.outcome = "failed";
        attempt.error = { name, message };
      }
    };
  }

  #callOf(queue: string, task: HandedOutActivity): { readonly attempts: TestActivityAttempt[] } {
    const { name, idempotencyKey, workflow, input } = task;
    const known = this.#byKey.get(idempotencyKey);
    if (known !== undefined) {
      return known;
    }
    const attempts: TestActivityAttempt[] = [];
    const call = {
      number: this.calls.length + 1,
      name,
      queue,
      input: parseJson(input),
      workflowId: workflow,
      idempotencyKey,
      attempts,
    };
    this.calls.push(call);
    this.#byKey.set(idempotencyKey, call);
    return call;
  }
}
