import {
  cell,
  count,
  emptyRow,
  type Html,
  html,
  renderPage,
  tableHead,
} from "@flawless-ts/http-service/pages";
import type {
  ActivityQueueSummary,
  ActivityTaskSummary,
  ActivityWorkerSummary,
} from "@flawless-ts/sdk";
import { site } from "./site.ts";
import { age, brief, workflowPath } from "./workflow-parts.ts";

/** The max number of tasks listed for each queue. */
export const shownTasks = 50;
const maxQueues = 200;
const maxWorkers = 200;
const maxNames = 20;

const queueColumns: readonly string[] = [
  "Queue",
  "Waiting",
  "Running",
  "Retrying",
  "Workers",
  "Last minute",
];
const workerColumns: readonly string[] = ["Worker", "Queue", "Running", "Activities", "Seen"];
const taskColumns: readonly string[] = ["Activity", "Queue", "Workflow", "State", "Called"];

/** The page of the activity queues, with their tasks and workers. */
export function activitiesPage(queues: readonly ActivityQueueSummary[], now: number): Html {
  const shown = queues.slice(0, maxQueues);
  const workers = shown
    .flatMap(({ queue, workers: ofQueue }) => ofQueue.map((worker) => workerRow(queue, worker)))
    .slice(0, maxWorkers);
  const tasks = shown.flatMap(({ queue, tasks: ofQueue }) =>
    ofQueue.map((task) => taskRow(queue, task)),
  );
  return renderPage(
    {
      title: "Activities",
      path: "/activities",
      now,
      events: null,
      header: html`<h1 id="title">Activities</h1>
        <p>${count(queues.length)} ${queues.length === 1 ? "queue" : "queues"}.</p>`,
      main: html`${table("Queues", queueColumns, shown.map(queueRow), noQueue)}
      ${table("Workers", workerColumns, workers, noWorker)}
      ${table("Tasks", taskColumns, tasks, noTask)}`,
    },
    site,
  );
}

const noQueue =
  "No workflow has called an activity, and no worker is there. `flawless worker FILE --queue NAME` starts one.";
const noWorker = "No worker is there: what waits goes on waiting.";
const noTask = "No activity is under way.";

function table(
  title: string,
  columns: readonly string[],
  rows: readonly Html[],
  empty: string,
): Html {
  const id = title.toLowerCase();
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    <table role="table" aria-labelledby="${id}" class="activities">
      ${tableHead(columns)}
      <tbody role="rowgroup">
        ${rows.length === 0 ? emptyRow(columns.length, empty) : rows}
      </tbody>
    </table>
  </section>`;
}

function queueRow(queue: ActivityQueueSummary): Html {
  const { completed, failed, timedOut, lost } = queue.lastMinute;
  const rates = [
    `${count(completed)} completed`,
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ...(timedOut > 0 ? [`${count(timedOut)} timed out`] : []),
    ...(lost > 0 ? [`${count(lost)} lost`] : []),
  ];
  return html`<tr role="row">
    <th scope="row" role="rowheader">${brief(queue.queue)}</th>
    ${cell("Waiting", count(queue.waiting))} ${cell("Running", count(queue.running))}
    ${cell("Retrying", count(queue.retrying))} ${cell("Workers", count(queue.workers.length))}
    ${cell("Last minute", rates.join(", "))}
  </tr>`;
}

function workerRow(queue: string, worker: ActivityWorkerSummary): Html {
  const { activities, concurrency, running } = worker;
  const names = activities.slice(0, maxNames).join(", ");
  const left = activities.length - maxNames;
  return html`<tr role="row">
    <th scope="row" role="rowheader"><code>${brief(worker.id)}</code></th>
    ${cell("Queue", brief(queue))} ${cell("Running", `${count(running)} of ${count(concurrency)}`)}
    ${cell("Activities", left > 0 ? `${names} and ${count(left)} more` : names)}
    ${cell("Seen", age(worker.seenAt))}
  </tr>`;
}

function taskRow(queue: string, task: ActivityTaskSummary): Html {
  const { activity, attempt, lastError, state, workflow } = task;
  const why = lastError === null ? "" : `: ${lastError.name}: ${lastError.message}`;
  return html`<tr role="row">
    <th scope="row" role="rowheader">${brief(activity)}</th>
    ${cell("Queue", brief(queue))}
    ${cell("Workflow", html`<a href="${workflowPath(workflow)}"><code>${workflow}</code></a>`)}
    ${cell("State", brief(`${state}, attempt ${attempt}${why}`))}
    ${cell("Called", age(task.scheduledAt))}
  </tr>`;
}
