import type { Activity } from "./activity.ts";

/** `still`: not asked to run; `starting`: it waits for a place or its journal is being read. */
export type Phase = "still" | "starting" | "computing" | "waiting" | "ended";

/** The phase of one run, counted so that others can wait until nothing happens. */
export class RunPhase {
  readonly #activity: Pick<Activity, "change">;
  #current: Phase;

  constructor(activity: Pick<Activity, "change">, first: Phase) {
    this.#activity = activity;
    this.#current = first;
  }

  get current(): Phase {
    return this.#current;
  }

  get isBusy(): boolean {
    return this.#current === "starting" || this.#current === "computing";
  }

  enter(phase: Phase): void {
    const was = this.isBusy;
    this.#current = phase;
    if (was !== this.isBusy) {
      this.#activity.change("computing", was ? -1 : 1);
    }
  }
}
