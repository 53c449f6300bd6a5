import type { Completion } from "@flawless-ts/sdk";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import type { TestActivity } from "../../activities/test-activity.ts";
import type { TestRequest } from "../../environment/http-reply.ts";

/** What the matchers need of a run. */
export interface ReceivedRun {
  readonly id: string;
  readonly workflow: string | null;
  response(): Promise<unknown>;
  completion(): Promise<Completion>;
}

/**
 * The value passed to `expect`, as a run. It is recognized by its methods, because it may come from another copy of
 * this package.
 *
 * @throws InvalidOptionError
 */
export function runOf(matcher: string, received: unknown): ReceivedRun {
  const run = received as Partial<ReceivedRun> | null | undefined;
  if (typeof run?.response !== "function" || typeof run.completion !== "function") {
    throw wrong(
      `expect(run).${matcher}() needs a workflow's handle, which module.start() gives`,
      received,
    );
  }
  return run as ReceivedRun;
}

/**
 * The requests of the environment that was passed to `expect`.
 * @throws InvalidOptionError
 */
export function requestsOf(received: unknown): readonly TestRequest[] {
  const { requests } = (received ?? {}) as { readonly requests?: unknown };
  if (!Array.isArray(requests)) {
    throw wrong("expect(env).toHaveRequested() needs a TestEnvironment", received);
  }
  return requests as readonly TestRequest[];
}

/**
 * The activities that ran for the environment that was passed to `expect`.
 * @throws InvalidOptionError
 */
export function activitiesOf(received: unknown): readonly TestActivity[] {
  const { activities } = (received ?? {}) as { readonly activities?: unknown };
  if (!Array.isArray(activities)) {
    throw wrong("expect(env).toHaveRunActivity() needs a TestEnvironment", received);
  }
  return activities as readonly TestActivity[];
}

/** The name of a run in messages. */
export function runName({ workflow, id }: ReceivedRun): string {
  return workflow === null ? `workflow ${id}` : `workflow ${workflow} (${id})`;
}

function wrong(what: string, received: unknown): InvalidOptionError {
  const isPromise = received instanceof Promise;
  const got = isPromise ? "a Promise: is there an `await` missing?" : describe(received);
  return new InvalidOptionError("received", `${what}, but got ${got}.`);
}

function describe(value: unknown): string {
  if (typeof value === "object" && value !== null) {
    return `an object of class ${value.constructor?.name ?? "null"}`;
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
