import { beginLine, linesOf } from "./journal-line.ts";
import { recordedOperations } from "./recorded-operations.ts";

/** A journal in two parts. */
export interface SplitJournal {
  /** Ends with the answer to the last of the first steps. */
  readonly first: readonly string[];
  readonly rest: readonly string[];
}

/** The first characters of lines (see journal-line.ts) that answer a call. */
const answers = "SBARD";

/** @returns the number of answered steps, if it is lower than `steps` */
export function splitJournal(texts: readonly string[], steps: number): SplitJournal | number {
  if (steps === 0) {
    return { first: [], rest: texts };
  }
  let answered = 0;
  for (const [index, text] of texts.entries()) {
    for (let start = 0; start < text.length;) {
      const end = text.indexOf("\n", start) + 1 || text.length;
      answered += answers.includes(text.charAt(start)) ? 1 : 0;
      if (answered === steps) {
        const more = text.slice(end);
        return {
          first: [...texts.slice(0, index), text.slice(0, end)],
          rest: [...(more === "" ? [] : [more]), ...texts.slice(index + 1)],
        };
      }
      start = end;
    }
  }
  return answered;
}

/**
 * The first part of a journal, for a workflow that continues from there: operations without a result in that part begin
 * at another time.
 *
 * @param mustNotRepeat whether an operation with this progress can't be begun again: then the progress is included,
 * even if it came later
 */
export function begunAnew(
  { first, rest }: SplitJournal,
  at: number,
  mustNotRepeat: (progress: string) => boolean,
): readonly string[] {
  const open = new Set(
    recordedOperations(first).open.flatMap(({ end, number }) => (end === null ? [number] : [])),
  );
  if (open.size === 0) {
    return first;
  }
  const isOver = ([kind, , number, progress = ""]: readonly string[]): boolean =>
    kind === "P" && open.has(Number(number)) && mustNotRepeat(progress);
  const texts = first.map((text) =>
    [...linesOf([text])]
      .filter((line) => line[0] !== "P" || !open.has(Number(line[2])) || isOver(line))
      .map((line) => {
        const [kind, , call = "", number] = line;
        return kind === "B" && open.has(Number(number))
          ? beginLine(at, call, Number(number))
          : `${line.join("\t")}\n`;
      })
      .join(""),
  );
  const later = [...linesOf(rest)].filter(isOver).map((line) => `${line.join("\t")}\n`);
  return later.length === 0 ? texts : [...texts, later.join("")];
}
