import type { ActivityQueueSummary } from "@flawless-ts/sdk";

type Worker = ActivityQueueSummary["workers"][number];

/**
 * Merges the summaries of queues of the same name at several nodes. Every node that a worker polled knows the worker.
 *
 * @param tasks the max number of tasks per queue, oldest first
 */
export function mergedSummaries(
  nodes: readonly (readonly ActivityQueueSummary[])[],
  tasks: number,
): readonly ActivityQueueSummary[] {
  const merged = new Map<string, ActivityQueueSummary>();
  for (const summary of nodes.flat()) {
    const known = merged.get(summary.queue);
    merged.set(summary.queue, known === undefined ? summary : added(known, summary));
  }
  return [...merged.values()]
    .map((summary) => ({ ...summary, tasks: summary.tasks.slice(0, tasks) }))
    .toSorted((one, other) => (one.queue < other.queue ? -1 : 1));
}

function added(one: ActivityQueueSummary, other: ActivityQueueSummary): ActivityQueueSummary {
  const workers = new Map<string, Worker>(one.workers.map((worker) => [worker.id, worker]));
  for (const worker of other.workers) {
    const known = workers.get(worker.id);
    workers.set(worker.id, known === undefined ? worker : sameWorker(known, worker));
  }
  return {
    queue: one.queue,
    waiting: one.waiting + other.waiting,
    running: one.running + other.running,
    retrying: one.retrying + other.retrying,
    lastMinute: {
      started: one.lastMinute.started + other.lastMinute.started,
      completed: one.lastMinute.completed + other.lastMinute.completed,
      failed: one.lastMinute.failed + other.lastMinute.failed,
      timedOut: one.lastMinute.timedOut + other.lastMinute.timedOut,
      lost: one.lastMinute.lost + other.lastMinute.lost,
    },
    workers: [...workers.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    tasks: [...one.tasks, ...other.tasks].toSorted(
      (a, b) => Date.parse(a.scheduledAt) - Date.parse(b.scheduledAt),
    ),
  };
}

function sameWorker(one: Worker, other: Worker): Worker {
  const seenAt = one.seenAt > other.seenAt ? one.seenAt : other.seenAt;
  return { ...one, running: one.running + other.running, seenAt };
}
