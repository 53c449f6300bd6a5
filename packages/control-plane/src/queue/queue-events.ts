import { EventEmitter } from "node:events";
import type { Job, WorkerView } from "./types.ts";

/** The events of a queue, for pages, metrics and the log. */
export interface QueueEventMap {
  /** A new job. */
  readonly published: [job: Job];
  /** A job in a new state. */
  readonly moved: [job: Job];
  /** A job that returned to the queue, or failed because that had happened too often. */
  readonly returned: [job: Job];
  /** A job on which a workflow reported; its state may have changed. */
  readonly progress: [job: Job];
  /** A worker that registered, sent a heartbeat, was drained or lost. */
  readonly worker: [worker: WorkerView];
}

/** @see QueueEventMap */
export type QueueEvents = EventEmitter<QueueEventMap>;

/** Events without a limit on listeners: every open page is one. */
export function createQueueEvents(): QueueEvents {
  return new EventEmitter<QueueEventMap>().setMaxListeners(0);
}
