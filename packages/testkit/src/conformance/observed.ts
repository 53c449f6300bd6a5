import {
  parseJson,
  type Completion,
  type WorkflowHandle,
  type WorkflowInfo,
  type WorkflowWaiting,
} from "@flawless-ts/sdk";
import { setTimeout as delay } from "node:timers/promises";

/** A workflow's response and how it ended. */
export interface Outcome {
  readonly response: unknown;
  readonly completion: Completion;
}

export async function outcomeOf(run: WorkflowHandle): Promise<Outcome> {
  return { response: await run.response(), completion: await run.completion() };
}

/** An outcome without an error. */
export function completedWith(response: unknown): Outcome {
  return { response, completion: { status: "completed" } };
}

/** The host calls of a workflow, as JSON text. */
export async function callsOf(run: WorkflowHandle): Promise<readonly string[]> {
  return (await run.history()).steps.map(({ call }) => call);
}

/** The answers to all calls of one kind; integers past 2^53 are bigints. */
export async function answersTo(run: WorkflowHandle, kind: string): Promise<readonly unknown[]> {
  const { steps } = await run.history();
  return steps
    .filter(({ call }) => call.startsWith(`{"${kind}"`) || call === `"${kind}"`)
    .map(({ answer }) => (answer === null ? null : parseJson(answer)));
}

/** The message of the error with which the promise must reject. */
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

/** What a running workflow waits for, once it does. */
export async function waitingOf(run: WorkflowHandle): Promise<WorkflowWaiting> {
  for (;;) {
    const { status, waiting } = await run.info();
    if (waiting !== null) {
      return waiting;
    }
    if (status !== "running") {
      throw new Error(`expected ${run.id} to wait, but it is ${status}`);
    }
    await delay(5);
  }
}

/** Of all workflows, this one and then its children. */
export function familyOf(
  { id }: WorkflowHandle,
  all: readonly WorkflowInfo[],
): readonly WorkflowInfo[] {
  return [...all.filter((info) => info.id === id), ...all.filter(({ parent }) => parent === id)];
}
