import TinyQueue from "tinyqueue";
import type { Clock } from "../../time/clock.ts";

interface Look {
  readonly name: string;
  readonly at: number;
}

/** Says when to check which schedule: each once, at the last time that was set for it. */
export class ScheduleTimer {
  readonly #clock: Clock;
  readonly #look: (name: string) => void;
  readonly #times = new Map<string, number>();
  #queue = new TinyQueue<Look>([], compare);
  #armedFor = Infinity;
  #cancel: (() => void) | undefined;
  #stopped = false;

  /** @param look called at the time, in order */
  constructor(clock: Clock, look: (name: string) => void) {
    this.#clock = clock;
    this.#look = look;
  }

  /** @param at null: never. Replaces what was set before. */
  set(name: string, at: number | null): void {
    if (at === null) {
      this.#times.delete(name);
    } else if (this.#times.get(name) !== at) {
      this.#times.set(name, at);
      this.#queue.push({ name, at });
      this.#dropStale();
    }
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  /** A replaced entry stays in the queue until its time, but not if there are too many of them. */
  #dropStale(): void {
    if (this.#queue.length > 2 * this.#times.size + 100) {
      const all = [...this.#times].map(([name, at]) => ({ name, at }));
      this.#queue = new TinyQueue(all, compare);
    }
  }

  #arm(): void {
    let next = this.#queue.peek();
    while (next !== undefined && this.#times.get(next.name) !== next.at) {
      this.#queue.pop();
      next = this.#queue.peek();
    }
    const at = next?.at ?? Infinity;
    if (this.#stopped || at === this.#armedFor) {
      return;
    }
    this.#cancel?.();
    this.#armedFor = at;
    this.#cancel = at === Infinity ? undefined : this.#clock.setTimer(at, () => this.#fire());
  }

  #fire(): void {
    const now = this.#clock.now();
    this.#armedFor = Infinity;
    this.#cancel = undefined;
    const due: string[] = [];
    for (let next = this.#queue.peek(); next !== undefined && next.at <= now;) {
      this.#queue.pop();
      if (this.#times.get(next.name) === next.at) {
        this.#times.delete(next.name);
        due.push(next.name);
      }
      next = this.#queue.peek();
    }
    for (const name of due) {
      this.#look(name);
    }
    this.#arm();
  }
}

function compare(one: Look, other: Look): number {
  return one.at - other.at || (one.name < other.name ? -1 : 1);
}
