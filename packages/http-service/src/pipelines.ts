import { ApiError } from "./api-error.ts";

/**
 * Refuses a request on a connection that has many under way. Node passes on all that have arrived before it stops reading: more
 * than a thousand small ones at a time, whether or not their responses are ever read.
 *
 * @param underWay how many the connection has, with this one
 * @throws ApiError `LIMIT_REACHED`
 */
export function refuseLongPipeline(underWay: number, max: number): void {
  if (underWay > max) {
    throw new ApiError(
      "LIMIT_REACHED",
      `This connection already has ${max} requests under way. Wait for their responses, or use more connections.`,
    );
  }
}
