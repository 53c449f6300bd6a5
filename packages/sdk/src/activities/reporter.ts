import type { ActivityReport } from "../connection/activity-types.ts";

const maxReports = 500;
/** Characters of results in one request, but for a single larger one. */
const maxCharacters = 2 * 2 ** 20;

/** Tells a server how attempts ended: what ends while it is being told is told together afterwards. */
export class Reporter {
  readonly #send: (reports: readonly ActivityReport[]) => Promise<void>;
  #pending: ActivityReport[] = [];
  #sending: Promise<void> | null = null;

  /** @param send rejects where it is not to be tried again */
  constructor(send: (reports: readonly ActivityReport[]) => Promise<void>) {
    this.#send = send;
  }

  add(report: ActivityReport): void {
    this.#pending.push(report);
    // In the next turn: what ends in this one goes along.
    this.#sending ??= Promise.resolve().then(() => this.#sendAll());
  }

  /** Settled when all has been told. */
  async finish(): Promise<void> {
    while (this.#sending !== null) await this.#sending;
  }

  async #sendAll(): Promise<void> {
    try {
      while (this.#pending.length > 0) await this.#send(this.#next());
    } finally {
      this.#sending = null;
    }
  }

  #next(): readonly ActivityReport[] {
    let count = 0;
    let characters = 0;
    for (const report of this.#pending) {
      characters += charactersOf(report);
      if (count > 0 && (count >= maxReports || characters > maxCharacters)) break;
      count += 1;
    }
    return this.#pending.splice(0, count);
  }
}

function charactersOf(report: ActivityReport): number {
  return "value" in report ? report.value.length : 1_000;
}
