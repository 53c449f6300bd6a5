import type { NewNumberedJob } from "../queue/queue.ts";
import type { WorkerType } from "../queue/types.ts";
import { ControlPlaneError } from "../errors.ts";
import { payloadText, readExactly } from "./payload.ts";
import { maxUrlLength } from "./schemas.ts";

/** A job as a publisher sent it; `id` is null if the server must choose one. */
export type Publication = Omit<NewNumberedJob, "requestId"> & { readonly id: string | null };

/**
 * Reads the body of a publish request, which matches its schema. Payloads are kept unchanged, except that `{url}`, which
 * mvm-ci's second form sends, gets the job's number as its `id`, because mvm-ci's workers expect it there.
 *
 * @throws ControlPlaneError `INVALID_REQUEST`, `INVALID_BODY`
 */
export function readPublication(text: string): Publication {
  const body = readExactly(text) as Record<string, unknown>;
  const { compatible_worker_types: types, ...rest } = body;
  // Repeated types count once.
  const workerTypes = [...new Set((types ?? []) as readonly WorkerType[])];
  const { job_id: id = null, payload } = rest;
  if (payload !== undefined) {
    return { id: id as string | null, payload: payloadText(payload), workerTypes };
  }
  if (id !== null || !isUrl(rest["url"])) {
    throw new ControlPlaneError(
      "INVALID_BODY",
      `The body has to be {"job_id", "payload"}, {"payload"}, or {"url"} with a text of 1 to ${maxUrlLength} characters.`,
    );
  }
  return {
    id: null,
    payload: payloadText(rest),
    workerTypes,
    numberInPayload: !Object.hasOwn(rest, "id"),
  };
}

function isUrl(value: unknown): boolean {
  return typeof value === "string" && value !== "" && value.length <= maxUrlLength;
}
