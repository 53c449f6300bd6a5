import type { ActivityReport } from "../connection/activity-types.ts";

const maxReports = 500;
/** The max characters of results in one request, except for a single larger one. */
const maxCharacters = 2 * 2 ** 20;

/** Reports to a server how attempts ended. Results that arrive during a request are reported together in the next. */
export class Reporter {
  readonly #send: (reports: readonly ActivityReport[]) => Promise<void>;
  #pending: ActivityReport[] = [];
  #sending: Promise<void> | null = null;

  /** @param send rejects if it must not be retried */
  constructor(send: (reports: readonly ActivityReport[]) => Promise<void>) {
    this.#send = send;
  }

  add(report: ActivityReport): void {
    this.#pending.push(report);
    // In the next turn, to include what else ends in this one.
    this.#sending ??= Promise.resolve().then(() => this.#sendAll());
  }

  /** Settled when everything has been reported. */
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
