import type { ActivityWorkerRegistration } from "@flawless-ts/sdk/internal";
import { EngineError } from "../errors.ts";

/** A registered worker. */
export interface ActivityWorker extends ActivityWorkerRegistration {
  /** When it was last heard of, in milliseconds since the Unix epoch. */
  seenAt: number;
  /** The number of its open polls: while there is one, it is present. */
  openPolls: number;
}

/** After so many leases of silence a worker is forgotten. */
const leasesUntilForgotten = 3;

/** The workers of one queue. */
export class WorkerList {
  readonly #workers = new Map<string, ActivityWorker>();

  get size(): number {
    return this.#workers.size;
  }

  add(registration: ActivityWorkerRegistration, now: number): void {
    this.#workers.set(registration.worker, { ...registration, seenAt: now, openPolls: 0 });
  }

  has(id: string): boolean {
    return this.#workers.has(id);
  }

  remove(id: string): void {
    this.#workers.delete(id);
  }

  /** @throws EngineError `WORKER_NOT_FOUND` if the worker must register (again) */
  heard(id: string, now: number): ActivityWorker {
    const worker = this.#workers.get(id);
    if (worker === undefined) {
      throw new EngineError(
        "WORKER_NOT_FOUND",
        "This server does not know the worker, or no longer: it has to register first.",
      );
    }
    worker.seenAt = now;
    return worker;
  }

  /** The workers that are present, by their ids. */
  all(now: number, leaseMs: number): readonly ActivityWorker[] {
    for (const [id, { seenAt, openPolls }] of this.#workers) {
      if (openPolls === 0 && now - seenAt > leasesUntilForgotten * leaseMs) {
        this.#workers.delete(id);
      }
    }
    return [...this.#workers.values()].toSorted((one, other) =>
      one.worker < other.worker ? -1 : 1,
    );
  }
}
