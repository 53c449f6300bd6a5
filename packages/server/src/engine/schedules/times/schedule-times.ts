import { createHash } from "node:crypto";
import { CronTimes } from "./cron-times.ts";

/** What defines a schedule's times. */
export interface Timing {
  readonly cron: string | null;
  readonly timeZone: string | null;
  readonly everyMs: number | null;
  /** In milliseconds since the Unix epoch, like all times here. */
  readonly anchor: number | null;
  readonly jitterMs: number;
  readonly pausedAt: number | null;
  readonly endsAt: number | null;
}

/** The number of spans that are measured to find the shortest one. */
const measuredSpans = 50;

/** The times of one schedule. */
export class ScheduleTimes {
  readonly #name: string;
  readonly #timing: Timing;
  readonly #cron: CronTimes | undefined;
  /** The last time that may be due. */
  readonly #last: number;

  /** @throws Error as `CronTimes` does */
  constructor(name: string, timing: Timing) {
    this.#name = name;
    this.#timing = timing;
    const { cron, timeZone, endsAt, pausedAt } = timing;
    this.#cron = cron === null ? undefined : new CronTimes(cron, timeZone ?? "UTC");
    this.#last = Math.min(endsAt ?? Infinity, pausedAt === null ? Infinity : pausedAt - 1);
  }

  /**
   * The first time after an instant; undefined if there is none, for example after the schedule's end or in a pause.
   */
  next(after: number): number | undefined {
    if (after >= this.#last) {
      return undefined;
    }
    const next = this.#unlimited(after);
    return next === undefined || next > this.#last ? undefined : next;
  }

  /** When to start a time: delayed by the schedule's jitter, but not until the next one. */
  startAt(time: number): number {
    const { jitterMs } = this.#timing;
    if (jitterMs === 0) {
      return time;
    }
    const next = this.#unlimited(time) ?? Infinity;
    const digest = createHash("sha256").update(`${this.#name}\n${time}`).digest();
    const part = digest.readUInt32BE(0) / 2 ** 32;
    return time + Math.floor(part * Math.min(jitterMs, next - time));
  }

  /** The shortest span between two of the next times, on clocks that are never set; undefined if there are not two. */
  shortestSpan(after: number): number | undefined {
    const { cron, everyMs } = this.#timing;
    if (cron === null) {
      return everyMs ?? undefined;
    }
    const times = new CronTimes(cron, "UTC");
    let shortest: number | undefined;
    let last = times.next(after);
    for (let measured = 0; last !== undefined && measured < measuredSpans; measured += 1) {
      const next = times.next(last);
      if (next !== undefined) {
        shortest = Math.min(shortest ?? Infinity, next - last);
      }
      last = next;
    }
    return shortest;
  }

  /** Whether there is any time after an instant, regardless of the schedule's end and pause. */
  isEverDue(after: number): boolean {
    return this.#unlimited(after) !== undefined;
  }

  #unlimited(after: number): number | undefined {
    const { anchor, everyMs } = this.#timing;
    if (this.#cron !== undefined) {
      return this.#cron.next(after);
    }
    const [span, start] = [everyMs ?? 1, anchor ?? 0];
    return start + (Math.floor((after - start) / span) + 1) * span;
  }
}
