import type { ActivityQueueSummary, ActivityTaskSummary } from "@flawless-ts/sdk";
import type { ActivityQueue } from "./activity-queue.ts";
import type { OpenTask } from "./open-task.ts";

export type QueueSummary = ActivityQueueSummary;

/** The current state of a queue. */
export function summaryOf(queue: ActivityQueue, tasks: number): ActivityQueueSummary {
  const now = queue.clock.now();
  const open = [...queue.tasks.values()];
  const running = new Map<string, number>();
  for (const { state } of open) {
    if (state.kind === "running") {
      running.set(state.running.worker, (running.get(state.running.worker) ?? 0) + 1);
    }
  }
  return {
    queue: queue.name,
    waiting: queue.waiting,
    running: queue.running,
    retrying: open.filter(isRetrying).length,
    lastMinute: queue.rates.lastMinute(now),
    workers: queue.workers.all(now, queue.leaseMs).map((worker) => ({
      id: worker.worker,
      concurrency: worker.concurrency,
      running: running.get(worker.worker) ?? 0,
      activities: Object.keys(worker.activities),
      seenAt: new Date(worker.openPolls > 0 ? now : worker.seenAt).toISOString(),
    })),
    tasks: open.slice(0, tasks).map(taskSummary),
  };
}

function taskSummary(open: OpenTask): ActivityTaskSummary {
  const { state, task, attempt, lastFault } = open;
  return {
    activity: task.name,
    workflow: task.workflow,
    state: state.kind === "running" ? "running" : isRetrying(open) ? "retrying" : "waiting",
    attempt,
    scheduledAt: new Date(task.scheduledAt).toISOString(),
    nextAttemptAt: state.kind === "paused" ? new Date(state.until).toISOString() : null,
    worker: state.kind === "running" ? state.running.worker : null,
    lastError: lastFault === null ? null : { name: lastFault.name, message: lastFault.message },
  };
}

/** A task that is reserved for its worker from before a restart is paused, too. */
function isRetrying({ state, attempt }: OpenTask): boolean {
  return state.kind === "paused" && attempt > 1;
}
