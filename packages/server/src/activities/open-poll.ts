import type { HandedOutActivity } from "@flawless-ts/sdk/internal";
import type { ActivityWorker } from "./worker-list.ts";

/** A worker's question for tasks, left open until there are some. */
export class OpenPoll {
  readonly worker: ActivityWorker;
  /** What it is answered with. */
  readonly tasks: HandedOutActivity[] = [];
  /** Tasks for it that are being saved before they are handed out. */
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

  /** Settled with the tasks once there are some, or without any when the question is withdrawn. */
  get answered(): Promise<readonly HandedOutActivity[]> {
    return this.#answered.promise;
  }

  answer(): void {
    this.#answered.resolve(this.tasks);
  }
}
