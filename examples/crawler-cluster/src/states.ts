import type { Job, JobStatus } from "@flawless-ts/sdk";

const states: readonly JobStatus[] = ["Pending", "Claimed", "InProgress", "Completed", "Failed"];
const width = 20;

/** A line with the number of jobs in each state. */
export function statesLine(jobs: readonly Job[]): string {
  return states
    .map((state) => `${state} ${jobs.filter(({ status }) => status === state).length}`)
    .join("   ");
}

/** A bar that shows the progress of all crawls together. */
export function shareBar(done: number, total: number): string {
  const filled = Math.min(width, Math.floor((done / total) * width));
  return `${"█".repeat(filled)}${"░".repeat(width - filled)} ${String(done).padStart(3)}/${total} reports`;
}
