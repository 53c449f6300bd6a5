import { type JournalRecord, linesOf, parseJournal } from "../../journal/journal-line.ts";
import type { WorkflowStore } from "../../store/workflow-store.ts";
import { AttemptNotes } from "./attempt-notes.ts";
import { type JournalPart, secretsIn } from "./history.ts";
import type { HistoryRange } from "../types.ts";

/**
 * Others get their turn between batches while a long journal is being read. Batches are smaller if appends are large.
 */
const appendsAtOnce = { first: 10, most: 200, characters: 2 ** 20 };
/** The max number of characters of appends that are read for one page: a journal's steps may be megabytes each. */
const pageCharacters = 4 * 2 ** 20;

/**
 * Records where the steps of a workflow's journal are, so that some can be read without the others: parsing a journal
 * of a million steps takes a second. A journal only grows, so each append is scanned, and checked, only once.
 */
export class JournalIndex {
  readonly #store: Pick<WorkflowStore, "lines">;
  readonly #id: number;
  /** The position of the first append. */
  readonly #start: number;
  /** The number of steps that begin before each append. */
  readonly #stepsBefore: number[] = [];
  /** The number of characters before each append. */
  readonly #charactersBefore: number[] = [];
  /** The append that has the result of each operation that ended while nobody waited for it. */
  readonly #resultsAt = new Map<number, number>();
  readonly #secrets = new Set<string>();
  #total = 0;
  #characters = 0;
  /** The last call, while it waits for its answer. */
  #waiting: JournalRecord | undefined;
  #updating: Promise<void> = Promise.resolve();

  constructor(store: Pick<WorkflowStore, "lines">, id: number, start: number = 0) {
    this.#store = store;
    this.#id = id;
    this.#start = start;
  }

  /**
   * Reads some steps.
   *
   * @throws Error if the journal is damaged
   */
  async read({ first, limit }: HistoryRange): Promise<JournalPart> {
    await this.#update();
    const total = this.#total;
    const wanted = first === null ? Math.max(0, total - limit) : first - 1;
    const start = first === null ? this.#startOfPage(wanted) : wanted;
    const end = this.#endOfPage(start, Math.min(wanted + limit, total));
    const from = this.#appendOf(start);
    // The answer to the last call may be in the next append.
    const count = this.#appendOf(end - 1) - from + 2;
    const texts = start < end ? await this.#lines(from, count) : [];
    const before = this.#stepsBefore[from] ?? 0;
    const all: JournalRecord[] = [];
    const notes = new AttemptNotes(() => before + all.length);
    parseJournal(withoutLateAnswer(texts), all, notes.with(await this.#resultsFor(texts)));
    // The progress of an activity may take many appends before the answer.
    for (let next = from + count; all.at(-1)?.answer === null; next += appendsAtOnce.first) {
      const more = start < end ? await this.#lines(next, appendsAtOnce.first) : [];
      if (more.length === 0) {
        break;
      }
      parseJournal(more, all, notes.with(await this.#resultsFor(more)));
    }
    const records = all.slice(start - before, end - before);
    return { records, before: start, total, secrets: this.#secrets, failed: notes.failed };
  }

  #lines(from: number, count: number): Promise<readonly string[]> {
    return this.#store.lines(this.#id, { from: this.#start + from, count });
  }

  #update(): Promise<void> {
    this.#updating = this.#updating.catch(() => undefined).then(() => this.#readOn());
    return this.#updating;
  }

  async #readOn(): Promise<void> {
    for (let count = appendsAtOnce.first; ;) {
      const from = this.#stepsBefore.length;
      const before = this.#characters;
      const texts = await this.#lines(from, count);
      texts.forEach((text) => this.#add(text));
      if (texts.length < count) {
        return;
      }
      const wereSmall = this.#characters - before < appendsAtOnce.characters;
      count = wereSmall ? Math.min(count * 2, appendsAtOnce.most) : appendsAtOnce.first;
    }
  }

  #add(text: string): void {
    const before = this.#waiting === undefined ? [] : [{ ...this.#waiting }];
    const known = before.length;
    const position = this.#stepsBefore.length;
    const records = parseJournal([text], before, {
      set: (operation) => void this.#resultsAt.set(operation, position),
      get: () => "null",
      delete: () => undefined,
    });
    const last = records.at(-1);
    this.#waiting = last?.answer === null ? last : undefined;
    secretsIn(records).forEach((secret) => this.#secrets.add(secret));
    this.#stepsBefore.push(this.#total);
    this.#charactersBefore.push(this.#characters);
    this.#characters += text.length;
    this.#total += records.length - known;
  }

  /** The results of operations that these texts mention only by number. Other appends have them. */
  async #resultsFor(texts: readonly string[]): Promise<Map<number, string>> {
    const results = new Map<number, string>();
    for (const [kind, , operation, result] of linesOf(texts)) {
      const from = this.#resultsAt.get(Number(operation));
      if (kind === "D" && result === undefined && from !== undefined) {
        const append = await this.#lines(from, 1);
        for (const [noted, , number, text = ""] of linesOf(append)) {
          if (noted === "C" && number === operation) {
            results.set(Number(operation), text);
          }
        }
      }
    }
    return results;
  }

  /**
   * The end of a page that begins with this step. It includes the append that makes it too long, and at least one step.
   */
  #endOfPage(start: number, end: number): number {
    const from = this.#appendOf(start);
    const longest = (this.#charactersBefore[from] ?? 0) + pageCharacters;
    let next = from + 1;
    while ((this.#charactersBefore[next] ?? Infinity) < longest) {
      next += 1;
    }
    return Math.max(Math.min(end, this.#stepsBefore[next] ?? end), Math.min(start + 1, end));
  }

  /** The start of a page that ends with the last step. */
  #startOfPage(start: number): number {
    const last = this.#appendOf(this.#total - 1);
    let from = this.#appendOf(start);
    while (from < last && this.#characters - (this.#charactersBefore[from] ?? 0) > pageCharacters) {
      from += 1;
    }
    return Math.max(start, this.#stepsBefore[from] ?? start);
  }

  /** The last append that begins with this step or an earlier one. */
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

/** Without the progress and the answer of a call in an earlier append. */
function withoutLateAnswer(texts: readonly string[]): readonly string[] {
  const kept = [...texts];
  for (let [first] = kept; first !== undefined; [first] = kept) {
    const kind = first.slice(0, first.indexOf("\t"));
    if (first !== "" && !lateLines.has(kind)) {
      break;
    }
    kept[0] = first.slice(first.indexOf("\n") + 1);
    if (first === "" || kept[0] === "") {
      kept.shift();
    }
    if (kind === "R" || kind === "D") {
      break;
    }
  }
  return kept;
}

/** Lines that belong to calls before them. */
const lateLines: ReadonlySet<string> = new Set(["R", "D", "P", "C"]);
