import { EventEmitter } from "node:events";
import type { Job, WorkerView } from "./types.ts";

/** What happens in a queue, for those who watch it: pages, metrics, the log. */
export interface QueueEventMap {
  /** A new job. */
  readonly published: [job: Job];
  /** A job in a new state. */
  readonly moved: [job: Job];
  /** A job that went back to the queue, or failed because that had happened too often. */
  readonly returned: [job: Job];
  /** A job about which a workflow reported; it may be in a new state. */
  readonly progress: [job: Job];
  /** A worker that registered, was heard of, drained or lost. */
  readonly worker: [worker: WorkerView];
}

/** @see QueueEventMap */
export type QueueEvents = EventEmitter<QueueEventMap>;

/** Events without a limit on who listens: each open page does. */
export function createQueueEvents(): QueueEvents {
  return new EventEmitter<QueueEventMap>().setMaxListeners(0);
}
