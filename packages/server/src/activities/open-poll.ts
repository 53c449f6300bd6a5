import type { HandedOutActivity } from "@flawless-ts/sdk/internal";
import type { ActivityWorker } from "./worker-list.ts";

/** A worker's poll for tasks, open until there are some. */
export class OpenPoll {
  readonly worker: ActivityWorker;
  /** The tasks to answer it with. */
  readonly tasks: HandedOutActivity[] = [];
  /** The number of its tasks that are being saved before they are handed out. */
  saving = 0;
  readonly #max: number;
  readonly #answered = Promise.withResolvers<readonly HandedOutActivity[]>();

  constructor(worker: ActivityWorker, max: number) {
    this.worker = worker;
    this.#max = max;
  }

  get hasRoom(): boolean {
    return this.tasks.length + this.saving < this.#max;
  }

  /** Resolved with the tasks once there are some, or without any if the poll is withdrawn. */
  get answered(): Promise<readonly HandedOutActivity[]> {
    return this.#answered.promise;
  }

  answer(): void {
    this.#answered.resolve(this.tasks);
  }
}
