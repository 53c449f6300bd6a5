import {
  badge,
  cell,
  count,
  type Html,
  html,
  sum,
  time,
  type Tone,
} from "@flawless-ts/http-service/pages";
import type { WorkerStatus, WorkerView } from "../queue/types.ts";

/** The columns of the table of workers. */
export const workerColumns: readonly string[] = [
  "Worker",
  "State",
  "Last heartbeat",
  "Type",
  "Jobs now",
  "Completed",
];

const states: Readonly<Record<WorkerStatus, { readonly text: string; readonly tone: Tone }>> = {
  online: { text: "Online", tone: "good" },
  draining: { text: "Draining", tone: "warning" },
  offline: { text: "Lost", tone: "bad" },
};

/** The key of a worker's row. */
export function workerKey({ id }: WorkerView): string {
  return `worker-${id}`;
}

/** A worker as a row of a table with {@link workerColumns}. */
export function workerRow(worker: WorkerView): Html {
  const { id, name, status, type, lastHeartbeat, activeJobs, jobsCompleted } = worker;
  const { text, tone } = states[status];
  const shownName = name === id || name === "" ? null : html`<small>${name}</small>`;
  return html`<tr data-key="${workerKey(worker)}" role="row" class="worker ${status}">
    <th scope="row" role="rowheader">${id}${shownName}</th>
    ${cell("State", badge(text, tone))} ${cell("Last heartbeat", time(lastHeartbeat))}
    ${cell("Type", type)} ${cell("Jobs now", count(activeJobs))}
    ${cell("Completed", count(jobsCompleted))}
  </tr>`;
}

/**
 * The number of workers of each kind.
 *
 * @param shown how many of them the table shows
 */
export function workerSummary(
  counts: Readonly<Record<WorkerStatus, number>>,
  shown: number,
): string {
  const { online, draining, offline } = counts;
  return [
    `${count(online)} online`,
    draining === 0 ? null : `${count(draining)} draining`,
    offline === 0 ? null : `${count(offline)} lost`,
    shown === sum(counts) ? null : `${count(shown)} of them shown`,
  ]
    .filter((part) => part !== null)
    .join(", ");
}
