import type { StoredSchedule, StoreWrite } from "../../store/workflow-store.ts";
import type { Unsaved } from "../committer.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";
import { timesOf } from "./schedule-spec.ts";
import type { ScheduleState } from "./schedule-state.ts";
import type { ScheduleTimes } from "./times/schedule-times.ts";

/** Whether a stored schedule can be read. */
export function isReadableSchedule(stored: StoredSchedule): boolean {
  try {
    const { state } = KeptSchedule.read(stored);
    JSON.parse(stored.input);
    return Array.isArray(state.done) && Array.isArray(state.running) && Array.isArray(state.last);
  } catch {
    return false;
  }
}

/** A schedule that is in memory while something is done with it. */
export class KeptSchedule implements Unsaved {
  readonly name: string;
  readonly input: string;
  readonly spec: ScheduleSpec;
  readonly times: ScheduleTimes;
  #state: ScheduleState;
  #isSaved: boolean;

  static read(stored: StoredSchedule): KeptSchedule {
    const spec = JSON.parse(stored.spec) as ScheduleSpec;
    const state = JSON.parse(stored.state) as ScheduleState;
    return new KeptSchedule({ name: stored.name, input: stored.input, spec, state }, true);
  }

  constructor(
    parts: {
      readonly name: string;
      readonly input: string;
      readonly spec: ScheduleSpec;
      readonly state: ScheduleState;
    },
    isSaved = false,
  ) {
    this.name = parts.name;
    this.input = parts.input;
    this.spec = parts.spec;
    this.times = timesOf(parts.name, parts.spec);
    this.#state = parts.state;
    this.#isSaved = isSaved;
  }

  get state(): ScheduleState {
    return this.#state;
  }

  /** Whether the store has, or was given, its current state. */
  get isSaved(): boolean {
    return this.#isSaved;
  }

  change(state: ScheduleState): void {
    this.#state = state;
    this.#isSaved = false;
  }

  isPausedAt(time: number): boolean {
    return this.spec.pausedAt !== null && this.spec.pausedAt <= time;
  }

  takeWrites(): readonly StoreWrite[] {
    if (this.#isSaved) {
      return [];
    }
    this.#isSaved = true;
    const { name, input, spec } = this;
    const schedule: StoredSchedule = {
      name,
      spec: JSON.stringify(spec),
      input,
      state: JSON.stringify(this.#state),
    };
    return [{ kind: "schedule", schedule }];
  }
}
