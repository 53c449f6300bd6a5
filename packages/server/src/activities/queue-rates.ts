import type { AttemptEnd } from "./open-task.ts";

/** What happened within a period. */
export interface ActivityCounts {
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly lost: number;
}

const slotMs = 10_000;
const slots = 6;
const none: ActivityCounts = { started: 0, completed: 0, failed: 0, timedOut: 0, lost: 0 };

/** Counts the attempts of a queue. */
export class QueueRates {
  /** The counts of the last minute, newest last. */
  readonly #slots: { readonly from: number; counts: ActivityCounts }[] = [];

  count(what: keyof ActivityCounts, now: number): void {
    const from = now - (now % slotMs);
    let slot = this.#slots.at(-1);
    if (slot?.from !== from) {
      slot = { from, counts: none };
      this.#slots.push(slot);
      if (this.#slots.length > slots) {
        this.#slots.shift();
      }
    }
    slot.counts = { ...slot.counts, [what]: slot.counts[what] + 1 };
  }

  /** The counts of the last minute, give or take ten seconds. */
  lastMinute(now: number): ActivityCounts {
    const recent = this.#slots.filter(({ from }) => from > now - slots * slotMs);
    return recent.reduce((sum, { counts }) => added(sum, counts), none);
  }
}

/** How an attempt's end is counted; undefined if it is not. */
export function countedAs(end: AttemptEnd): keyof ActivityCounts | undefined {
  switch (end) {
    case "completed":
    case "failed":
    case "lost":
      return end;
    case "timed-out":
      return "timedOut";
    case "handed-back":
      return undefined;
  }
}

function added(one: ActivityCounts, other: ActivityCounts): ActivityCounts {
  return {
    started: one.started + other.started,
    completed: one.completed + other.completed,
    failed: one.failed + other.failed,
    timedOut: one.timedOut + other.timedOut,
    lost: one.lost + other.lost,
  };
}
