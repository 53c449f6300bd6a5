import { emptyAnswer, operationAnswer } from "../host-calls/extensions/extension-answer.ts";

/**
 * The journal of a workflow is text, with one line per event and tabs between fields:
 *
 *     S  at  call  answer          a call that was answered immediately
 *     I  at  call  detail          a call that waits, and what is needed to continue waiting after a crash
 *     R  at  answer                the answer to the call of the last I
 *
 * Operations that run beside the workflow (docs/host-extensions.md) have numbers, chosen by the guest. An operation
 * that one call both begins and waits for has number 0, as a plain request has:
 *
 *     B  at  call  operation       a call that began an operation; its answer is always the same
 *     A  at  call  operation       a call that aborted an operation; its answer is always the same
 *     P  at  operation  progress   the progress of an operation, needed to continue it after a crash, or that its outcome
 *                                  follows from another server (see outcomes.ts)
 *     C  at  operation  result     an operation ended while nobody waited for it
 *     D  at  operation  [result]   the answer to the call of the last I: this operation's result, omitted if a C has it
 *
 * `call` and `answer` are the guest's own JSON, unchanged, so that 64-bit integers stay exact and replay compares text
 * with text.
 */
export interface JournalRecord {
  readonly at: number;
  readonly call: string;
  /** Null only in the last record: the call is still waiting. */
  answer: string | null;
  answeredAt: number | null;
  /**
   * Only if the call had to wait: what was noted then, or the latest progress of the operation that it begins and waits
   * for.
   */
  detail: string | null;
}

/** The number of an operation that one call both begins and waits for. */
export const soleOperation = 0;

/** Stores the results of operations until they answer a call. */
export interface OperationResults {
  /** Called with an operation's progress. Optional. */
  progressed?(operation: number, at: number, progress: string): void;
  set(operation: number, result: string): void;
  get(operation: number): string | undefined;
  delete(operation: number): void;
}

export function stepLine(at: number, call: string, answer: string): string {
  return `S\t${at}\t${onOneLine(call)}\t${onOneLine(answer)}\n`;
}

export function intentLine(at: number, call: string, detail: string): string {
  return `I\t${at}\t${onOneLine(call)}\t${onOneLine(detail)}\n`;
}

export function resultLine(at: number, answer: string): string {
  return `R\t${at}\t${onOneLine(answer)}\n`;
}

export function beginLine(at: number, call: string, operation: number): string {
  return `B\t${at}\t${onOneLine(call)}\t${operation}\n`;
}

export function abortLine(at: number, call: string, operation: number): string {
  return `A\t${at}\t${onOneLine(call)}\t${operation}\n`;
}

export function progressLine(at: number, operation: number, progress: string): string {
  return `P\t${at}\t${operation}\t${onOneLine(progress)}\n`;
}

export function operationLine(at: number, operation: number, result: string): string {
  return `C\t${at}\t${operation}\t${onOneLine(result)}\n`;
}

/** @param result null if an operationLine has it already */
export function deliveryLine(at: number, operation: number, result: string | null): string {
  return `D\t${at}\t${operation}${result === null ? "" : `\t${onOneLine(result)}`}\n`;
}

/**
 * @param records those before these texts, which are extended; the last one may still wait for its answer
 * @param results those of operations that ended before these texts
 * @throws Error if the text is not what the functions above write
 */
export function parseJournal(
  texts: readonly string[],
  records: JournalRecord[] = [],
  results: OperationResults = new Map<number, string>(),
): JournalRecord[] {
  for (const fields of linesOf(texts)) {
    readLine(fields, records, results);
  }
  return records;
}

/** The lines of a journal, split into fields. @throws Error if the last line is incomplete */
export function* linesOf(texts: readonly string[]): Generator<string[]> {
  for (const text of texts) {
    let start = 0;
    while (start < text.length) {
      const end = text.indexOf("\n", start);
      if (end < 0) {
        throw damaged(text.slice(start));
      }
      yield text.slice(start, end).split("\t");
      start = end + 1;
    }
  }
}

/** The min and max number of fields in each kind of line. */
const fieldCounts: Readonly<Record<string, readonly [number, number]>> = {
  S: [4, 4],
  I: [4, 4],
  R: [3, 3],
  B: [4, 4],
  A: [4, 4],
  P: [4, 4],
  C: [4, 4],
  D: [3, 4],
};

function readLine(fields: string[], records: JournalRecord[], results: OperationResults): void {
  const [kind = "", time, first = "", second = ""] = fields;
  const at = Number(time);
  const [least, most] = fieldCounts[kind] ?? [0, 0];
  if (!Number.isFinite(at) || fields.length < least || fields.length > most) {
    throw damaged(fields.join("\t"));
  }
  const last = records.at(-1);
  const isOpen = last !== undefined && last.answer === null;
  const answers = kind === "R" || kind === "D";
  const isNote = kind === "P" || kind === "C";
  if (!isNote && isOpen !== answers) {
    throw damaged(fields.join("\t"));
  }
  switch (kind) {
    case "S":
      records.push({ at, call: first, answer: second, answeredAt: at, detail: null });
      break;
    case "I":
      records.push({ at, call: first, answer: null, answeredAt: null, detail: second });
      break;
    case "B":
      records.push({ at, call: first, answer: emptyAnswer("begin"), answeredAt: at, detail: null });
      break;
    case "A":
      results.delete(Number(second));
      records.push({ at, call: first, answer: emptyAnswer("abort"), answeredAt: at, detail: null });
      break;
    case "P":
      results.progressed?.(Number(first), at, second);
      if (last !== undefined && isOpen && Number(first) === soleOperation) {
        last.detail = second;
      }
      break;
    case "C":
      results.set(Number(first), second);
      break;
    case "R":
    case "D":
      if (last !== undefined) {
        last.answer = kind === "R" ? first : deliveredAnswer(fields, results);
        last.answeredAt = at;
      }
      break;
  }
}

function deliveredAnswer(fields: readonly string[], results: OperationResults): string {
  const operation = Number(fields[2]);
  const result = fields[3] ?? results.get(operation);
  if (result === undefined) {
    throw damaged(fields.join("\t"));
  }
  results.delete(operation);
  return operationAnswer(operation, result);
}

/** In JSON, a raw tab or line break can only be white space between tokens. */
function onOneLine(json: string): string {
  return /[\t\n\r]/.test(json) ? json.replace(/[\t\n\r]/g, " ") : json;
}

function damaged(line: string): Error {
  return new Error(
    `the journal is damaged: it holds the line ${JSON.stringify(line.slice(0, 200))}`,
  );
}
