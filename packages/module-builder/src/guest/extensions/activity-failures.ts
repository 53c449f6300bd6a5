import { ActivityError } from "@flawless-ts/wasm-module";
import { errorOf, type Told } from "./thrown.ts";

/** Why an activity failed. */
export interface ToldFailure extends Told {
  readonly code: string;
  readonly attempts: number;
}

const thrown = "FAILED";

/** The error that a workflow gets. Its cause is what the activity threw, if it did. */
export function activityError(activity: string, failure: ToldFailure): ActivityError {
  const { code, attempts, message = "", details, cause } = failure;
  const origin = code === thrown ? errorOf(failure) : cause ? errorOf(cause) : undefined;
  return new ActivityError(message, {
    activity,
    reason: code,
    attempts,
    details: details ?? (cause?.details as unknown) ?? undefined,
    cause: origin,
  });
}
