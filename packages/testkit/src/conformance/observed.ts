import { parseJson } from "@flawless-ts/sdk";
import type { TestCompletion, TestRun } from "../environment/test-run.ts";

/** What a workflow gave and how it ended. */
export interface Outcome {
  readonly response: unknown;
  readonly completion: TestCompletion;
}

export async function outcomeOf(run: TestRun): Promise<Outcome> {
  return { response: await run.response(), completion: await run.completion() };
}

/** An outcome without an error. */
export function completedWith(response: unknown): Outcome {
  return { response, completion: { status: "completed" } };
}

/** The host calls of a workflow, as JSON texts. */
export async function callsOf(run: TestRun): Promise<readonly string[]> {
  return (await run.journal()).map(({ call }) => call);
}

/** The answers to all calls of one kind; integers past 2^53 are bigints. */
export async function answersTo(run: TestRun, kind: string): Promise<readonly unknown[]> {
  const steps = await run.journal();
  return steps
    .filter(({ call }) => call.startsWith(`{"${kind}"`) || call === `"${kind}"`)
    .map(({ answer }) => (answer === null ? null : parseJson(answer)));
}

/** The message of the error that has to come. */
export async function errorOf(promise: Promise<unknown>): Promise<string> {
  const outcome = await promise.then(
    (value: unknown) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("value" in outcome) {
    throw new Error(`expected an error, but got ${JSON.stringify(outcome.value)}`);
  }
  return outcome.error instanceof Error ? outcome.error.message : String(outcome.error);
}
