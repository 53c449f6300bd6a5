import { linesOf } from "./journal-line.ts";

/** A call that a journal ends with, as it waits for its answer. */
export interface OpenCall {
  /** The guest's JSON. */
  readonly call: string;
  /** What must be known to go on waiting. */
  readonly detail: string;
  /** When it was made, in milliseconds since the Unix epoch. */
  readonly madeAt: number;
}

/** The call that waits, if there is one. @throws Error where the journal is damaged */
export function openCall(texts: readonly string[]): OpenCall | undefined {
  let open: OpenCall | undefined;
  for (const [kind, time, first = "", second = ""] of linesOf(texts)) {
    if (kind === "I") {
      open = { call: first, detail: second, madeAt: Number(time) };
    } else if (kind === "P" && first === "0" && open !== undefined) {
      open = { ...open, detail: second };
    } else if (kind !== "P" && kind !== "C") {
      open = undefined;
    }
  }
  return open;
}
