/**
 * The journal of a workflow is text, a line for each thing that happened, its fields parted by tabs:
 *
 *     S  at  call  answer     a call that was answered at once
 *     I  at  call  detail     a call that waits, and what must be known to go on waiting after a crash
 *     R  at  answer           the answer to the call of the last line
 *
 * `call` and `answer` are the guest's own JSON, kept to the letter, so that 64-bit integers stay exact
 * and replay compares text with text.
 */
export interface JournalRecord {
  readonly at: number;
  readonly call: string;
  /** Null in the last record only: the call still waits. */
  answer: string | null;
  answeredAt: number | null;
  /** Only where the call had to wait. */
  readonly detail: string | null;
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

/**
 * @param records those before these texts, which they go on; the last one may still wait for its answer
 * @throws Error where the text is not what the functions above write
 */
export function parseJournal(
  texts: readonly string[],
  records: JournalRecord[] = [],
): JournalRecord[] {
  for (const text of texts) {
    let start = 0;
    while (start < text.length) {
      const end = text.indexOf("\n", start);
      if (end < 0) {
        throw damaged(text.slice(start));
      }
      readLine(text.slice(start, end), records);
      start = end + 1;
    }
  }
  return records;
}

function readLine(line: string, records: JournalRecord[]): void {
  const fields = line.split("\t");
  const at = Number(fields[1]);
  const [kind, , first, second] = fields;
  const last = records.at(-1);
  const open = last !== undefined && last.answer === null;
  if (!Number.isFinite(at) || first === undefined || fields.length !== (kind === "R" ? 3 : 4)) {
    throw damaged(line);
  }
  if (kind === "R" && last !== undefined && open) {
    last.answer = first;
    last.answeredAt = at;
  } else if (kind === "S" && second !== undefined && !open) {
    records.push({ at, call: first, answer: second, answeredAt: at, detail: null });
  } else if (kind === "I" && second !== undefined && !open) {
    records.push({ at, call: first, answer: null, answeredAt: null, detail: second });
  } else {
    throw damaged(line);
  }
}

/** In JSON a raw tab or line end can only be white space between tokens. */
function onOneLine(json: string): string {
  return /[\t\n\r]/.test(json) ? json.replace(/[\t\n\r]/g, " ") : json;
}

function damaged(line: string): Error {
  return new Error(
    `the journal is damaged: it holds the line ${JSON.stringify(line.slice(0, 200))}`,
  );
}
