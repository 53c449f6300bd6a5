import type { NewJob } from "../queue/queue.ts";
import type { WorkerType } from "../queue/types.ts";
import { ControlPlaneError } from "../errors.ts";
import { payloadText, readExactly } from "./payload.ts";

/** A job as a publisher sent it; `id` is null where the server has to give one. */
export type Publication = Omit<NewJob, "requestId"> & { readonly id: string | null };

/**
 * Reads the body of a request to publish, which fits its schema: `{job_id, payload}`, or a payload alone.
 *
 * @throws ControlPlaneError `INVALID_REQUEST`
 */
export function readPublication(text: string): Publication {
  const body = readExactly(text) as Record<string, unknown>;
  const { compatible_worker_types: types, ...rest } = body;
  // Twice the same type is once.
  const workerTypes = [...new Set((types ?? []) as readonly WorkerType[])];
  const { job_id: id, payload, ...others } = rest;
  if (id !== undefined) {
    if (payload === undefined || Object.keys(others).length > 0) {
      throw new ControlPlaneError(
        "INVALID_REQUEST",
        "A job with a job_id has a payload and, at most, compatible_worker_types beside it.",
      );
    }
    return { id: id as string, payload: payloadText(payload), workerTypes };
  }
  // The job's number takes the place of an id that the payload may have.
  const { id: _replaced, ...fields } = rest;
  if (Object.keys(fields).length === 0) {
    throw new ControlPlaneError(
      "INVALID_REQUEST",
      'The body has to be {"job_id", "payload"}, or a payload such as {"url": "https://example.com"}.',
    );
  }
  return { id: null, payload: payloadText(fields), workerTypes };
}
