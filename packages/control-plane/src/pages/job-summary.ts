import type { Job, JobProgress, JobStatus } from "../queue/types.ts";

/** What pages show of a job. It is small, whatever the payload's size. */
export interface JobSummary {
  readonly sequence: number;
  readonly id: string;
  readonly status: JobStatus;
  /** The URL to crawl, or the beginning of a payload without one. */
  readonly subject: string;
  readonly worker: string | null;
  readonly error: string | null;
  readonly retries: number;
  readonly progress: JobProgress | null;
  /** When it last changed or was reported on, in milliseconds since the Unix epoch. */
  readonly changedAt: number;
}

const maxTextLength = 300;
/** Longer payloads are not parsed just for one line on a page. */
const maxPayloadLength = 20_000;

/** Selects what pages show of a job. */
export function summarize(job: Job): JobSummary {
  const { sequence, id, status, payload, claimedBy, completedBy, error, retries, progress } = job;
  return {
    sequence,
    id,
    status,
    subject: shortened(urlIn(payload) ?? payload),
    worker: claimedBy ?? completedBy,
    error: error === null ? null : shortened(error),
    retries,
    progress: progress === null ? null : { ...progress, url: shortened(progress.url) },
    changedAt: Math.max(job.updatedAt, progress?.at ?? 0),
  };
}

function urlIn(payload: string): string | undefined {
  if (payload.length > maxPayloadLength) {
    return undefined;
  }
  const value: unknown = JSON.parse(payload);
  return typeof value === "object" && value !== null && "url" in value
    ? typeof value.url === "string"
      ? value.url
      : undefined
    : undefined;
}

function shortened(text: string): string {
  return text.length <= maxTextLength ? text : `${text.slice(0, maxTextLength - 1)}…`;
}
