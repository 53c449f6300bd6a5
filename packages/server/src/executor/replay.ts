import { isDeepStrictEqual } from "node:util";
import { parseJournal, type JournalRecord } from "../journal/journal-line.ts";

/** Thrown into a guest that, in a replay, does something other than its journal says. */
export class ReplayMismatch extends Error {
  constructor(step: number, recorded: string, came: string) {
    super(
      `replay took another way at step ${step}: recorded was ${shorten(recorded)}, ` +
        `but now came ${shorten(came)}`,
    );
    this.name = "ReplayMismatch";
  }
}

/** Walks through a recorded journal and gives each call its recorded answer. */
export class Replay {
  readonly #records: readonly JournalRecord[];
  #position = 0;

  /** @throws Error if the journal's text is damaged */
  constructor(journal: readonly string[]) {
    this.#records = parseJournal(journal);
  }

  /** Whether there are recorded calls that the guest has not yet repeated. */
  get active(): boolean {
    return this.#position < this.#records.length;
  }

  /** How many calls were made: recorded and new ones. */
  get steps(): number {
    return this.#position;
  }

  /** Whether the next recorded call has exactly this text. */
  expects(call: string): boolean {
    return this.#records[this.#position]?.call === call;
  }

  /**
   * The record of this call, or undefined once all records are used up.
   * @throws ReplayMismatch
   */
  next(call: string): JournalRecord | undefined {
    const record = this.#records[this.#position];
    this.#position += 1;
    if (record !== undefined && record.call !== call && !sameCall(record.call, call)) {
      throw new ReplayMismatch(this.#position, record.call, call);
    }
    return record;
  }

  /** @throws ReplayMismatch if the guest ended although its journal continues */
  end(what: string): void {
    const record = this.#records[this.#position];
    if (record !== undefined) {
      throw new ReplayMismatch(this.#position + 1, record.call, what);
    }
  }
}

/** Another build of a module may write the same call differently. */
function sameCall(recorded: string, came: string): boolean {
  try {
    return isDeepStrictEqual(parseKeepingNumbers(recorded), parseKeepingNumbers(came));
  } catch {
    return false;
  }
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** Integers beyond 2^53 are compared as text, because their values would be rounded. */
const keepNumber: Reviver = (_key, value, { source = "" }) =>
  typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)
    ? { integer: source }
    : value;

/** TypeScript doesn't know the third parameter of a reviver yet (the proposal JSON.parse source text access). */
const parseKeepingNumbers = (text: string): unknown =>
  (JSON.parse as (text: string, reviver: Reviver) => unknown)(text, keepNumber);

function shorten(call: string): string {
  return call.length > 500 ? `${call.slice(0, 500)}… (${call.length} characters)` : call;
}
