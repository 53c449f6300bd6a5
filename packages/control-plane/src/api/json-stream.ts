import type { Queue } from "../queue/queue.ts";
import type { Job, JobStatus } from "../queue/types.ts";

const pageSize = 500;

/** Which jobs to list. */
export interface ListQuery {
  readonly status?: JobStatus;
  readonly limit?: number;
}

/**
 * A JSON array of jobs, oldest first. It is read page by page, so that a list is never completely in memory.
 *
 * @param write turns a job into JSON text
 */
export async function* jobList(
  queue: Queue,
  { status, limit = Number.MAX_SAFE_INTEGER }: ListQuery,
  write: (job: Job) => string,
): AsyncGenerator<string, void, undefined> {
  yield "[";
  let after = 0;
  let listed = 0;
  while (listed < limit) {
    const page = await queue.jobs({ status, after, limit: Math.min(pageSize, limit - listed) });
    const last = page.at(-1);
    if (last === undefined) {
      break;
    }
    yield `${listed > 0 ? "," : ""}${page.map(write).join(",")}`;
    listed += page.length;
    after = last.sequence;
  }
  yield "]";
}
