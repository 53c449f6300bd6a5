import { type JournalRecord, parseJournal } from "../journal/journal-line.ts";
import type { Journal } from "../journal/journal.ts";
import { type JournalPart, secretsIn } from "./history.ts";
import type { HistoryRange } from "./types.ts";

/** So that others have their turn while a long journal is gone through. */
const appendsAtOnce = 200;

/**
 * Where the steps of a workflow's journal are, so that some of them can be read without the others: a journal of a million
 * steps takes a second to be parsed. A journal only grows, so that each append is gone through, and checked, once.
 */
export class JournalIndex {
  readonly #journal: Pick<Journal, "lines">;
  readonly #id: number;
  /** How many steps begin before each append. */
  readonly #stepsBefore: number[] = [];
  readonly #secrets = new Set<string>();
  #total = 0;
  /** The last call, while it waits for its answer. */
  #waiting: JournalRecord | undefined;
  #updating: Promise<void> = Promise.resolve();

  constructor(journal: Pick<Journal, "lines">, id: number) {
    this.#journal = journal;
    this.#id = id;
  }

  /**
   * Reads some steps.
   *
   * @throws Error where the journal is damaged
   */
  async read({ first, limit }: HistoryRange): Promise<JournalPart> {
    await this.#update();
    const total = this.#total;
    const start = first === null ? Math.max(0, total - limit) : first - 1;
    const end = Math.min(start + limit, total);
    const from = this.#appendOf(start);
    // The answer to the last call may stand in the next append.
    const count = this.#appendOf(end - 1) - from + 2;
    const texts = start < end ? await this.#journal.lines(this.#id, { from, count }) : [];
    const before = this.#stepsBefore[from] ?? 0;
    const records = parseJournal(withoutLateAnswer(texts)).slice(start - before, end - before);
    return { records, before: start, total, secrets: this.#secrets };
  }

  #update(): Promise<void> {
    this.#updating = this.#updating.catch(() => undefined).then(() => this.#readOn());
    return this.#updating;
  }

  async #readOn(): Promise<void> {
    for (;;) {
      const from = this.#stepsBefore.length;
      const texts = await this.#journal.lines(this.#id, { from, count: appendsAtOnce });
      texts.forEach((text) => this.#add(text));
      if (texts.length < appendsAtOnce) {
        return;
      }
    }
  }

  #add(text: string): void {
    const before = this.#waiting === undefined ? [] : [{ ...this.#waiting }];
    const known = before.length;
    const records = parseJournal([text], before);
    const last = records.at(-1);
    this.#waiting = last?.answer === null ? last : undefined;
    secretsIn(records).forEach((secret) => this.#secrets.add(secret));
    this.#stepsBefore.push(this.#total);
    this.#total += records.length - known;
  }

  /** The last append that begins with this step, or an earlier one. */
  #appendOf(step: number): number {
    let low = 0;
    let high = this.#stepsBefore.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#stepsBefore[middle] ?? 0) <= step) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

/** Without the answer to a call of an append before these. */
function withoutLateAnswer(texts: readonly string[]): readonly string[] {
  const [first, ...others] = texts;
  return first?.startsWith("R\t") === true
    ? [first.slice(first.indexOf("\n") + 1), ...others]
    : texts;
}
