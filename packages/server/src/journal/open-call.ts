import { linesOf } from "./journal-line.ts";

/** The call at the end of a journal that is waiting for its answer. */
export interface OpenCall {
  /** The guest's JSON. */
  readonly call: string;
  /** What is needed to continue waiting. */
  readonly detail: string;
  /** When it was made, in milliseconds since the Unix epoch. */
  readonly madeAt: number;
}

/** The call that is waiting, if any. @throws Error if the journal is damaged */
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
