import { ShortLivedMap } from "@flawless-ts/wasm-module/internal";
import { FairOrder } from "./fair-order.ts";
import type { OpenTask } from "./open-task.ts";

/** The tasks of a queue that wait for a worker. Activities take turns, and so do workflows within each activity. */
export class ReadyTasks {
  /** The activity whose turn is next comes first. */
  readonly #byName = new ShortLivedMap<string, FairOrder<OpenTask>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(task: OpenTask): void {
    const { name, workflow } = task.task;
    let order = this.#byName.get(name);
    if (order === undefined) {
      order = new FairOrder();
      this.#byName.set(name, order);
    }
    order.add(workflow, task);
    this.#size += 1;
  }

  remove(task: OpenTask): void {
    const { name, workflow } = task.task;
    const order = this.#byName.get(name);
    if (order?.remove(workflow, task) === true) {
      this.#size -= 1;
      if (order.size === 0) {
        this.#byName.delete(name);
      }
    }
  }

  /** Takes the next task of an activity that a worker runs; undefined if none waits. */
  take(runs: (name: string) => boolean): OpenTask | undefined {
    for (const [name, order] of this.#byName) {
      if (!runs(name)) {
        continue;
      }
      const task = order.take();
      this.#byName.delete(name);
      if (order.size > 0) {
        this.#byName.set(name, order);
      }
      if (task !== undefined) {
        this.#size -= 1;
        return task;
      }
    }
    return undefined;
  }
}
