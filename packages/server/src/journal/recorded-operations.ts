import { linesOf } from "./journal-line.ts";

/** An operation in a journal whose result was not delivered. */
export interface RecordedOperation {
  readonly number: number;
  /** The call that began it. */
  readonly call: string;
  readonly begunAt: number;
  /** The number of steps up to and including that call. */
  readonly step: number;
  /** Its latest progress. */
  progress: string | null;
  end: { readonly at: number; readonly result: string } | null;
}

/** The operations of a journal. */
export interface RecordedOperations {
  readonly open: readonly RecordedOperation[];
  /** The highest number used. */
  readonly highest: number;
}

const none: RecordedOperations = { open: [], highest: 0 };
/** Whether a journal has any operations: most have none. */
const mark = /flawless:v1\/begin"/;

/** Finds the open operations. @throws Error if the journal is damaged */
export function recordedOperations(texts: readonly string[]): RecordedOperations {
  if (!texts.some((text) => mark.test(text))) {
    return none;
  }
  const open = new Map<number, RecordedOperation>();
  let highest = 0;
  let step = 0;
  for (const [kind, time, first = "", second = ""] of linesOf(texts)) {
    const at = Number(time);
    step += kind === "S" || kind === "I" || kind === "B" || kind === "A" ? 1 : 0;
    switch (kind) {
      case "B": {
        const number = Number(second);
        highest = Math.max(highest, number);
        open.set(number, { number, call: first, begunAt: at, step, progress: null, end: null });
        break;
      }
      case "A":
        open.delete(Number(second));
        break;
      case "D":
        open.delete(Number(first));
        break;
      case "P": {
        const operation = open.get(Number(first));
        if (operation !== undefined) operation.progress = second;
        break;
      }
      case "C": {
        const operation = open.get(Number(first));
        if (operation !== undefined) operation.end = { at, result: second };
        break;
      }
    }
  }
  return { open: [...open.values()], highest };
}
