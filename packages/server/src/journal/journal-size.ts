/** The size of a journal. */
export interface JournalSize {
  /** In UTF-8. */
  readonly bytes: number;
  readonly steps: number;
}

export const emptyJournal: JournalSize = { bytes: 0, steps: 0 };

/** The first characters of lines that are calls. An answer belongs to the step that was counted with its intent. */
const calls = "SIBA";

/** The size of some lines (see journal-line.ts). */
export function sizeOf(lines: string): JournalSize {
  let steps = 0;
  for (let start = 0; start < lines.length;) {
    steps += calls.includes(lines.charAt(start)) ? 1 : 0;
    const end = lines.indexOf("\n", start);
    start = end < 0 ? lines.length : end + 1;
  }
  return { bytes: Buffer.byteLength(lines), steps };
}

export function addSizes(a: JournalSize, b: JournalSize): JournalSize {
  return { bytes: a.bytes + b.bytes, steps: a.steps + b.steps };
}

/** @returns a message if a journal is larger than allowed */
export function excessOf(
  size: JournalSize,
  limits: { readonly journalBytes: number; readonly journalSteps: number },
): string | undefined {
  const { journalBytes, journalSteps } = limits;
  if (size.bytes > journalBytes) {
    return `the workflow's journal has grown beyond its limit of ${journalBytes} bytes: let it go on in a new workflow, or raise journalBytes`;
  }
  if (size.steps > journalSteps) {
    return `the workflow has made more than its limit of ${journalSteps} steps: let it go on in a new workflow, or raise journalSteps`;
  }
  return undefined;
}
