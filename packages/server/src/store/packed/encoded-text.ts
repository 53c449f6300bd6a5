import { DamagedTextError } from "./damaged-text.ts";

/**
 * A text as bytes: in UTF-8, but where workflows typically have base64, the decoded bytes are stored instead, after a
 * byte that never occurs in UTF-8 and their length. This saves a quarter of their size, and repetitions in them can be
 * found again.
 */
const base64Mark = 0xff;
/** What comes before base64: the start of an HTTP request's or response's body, and of an encrypted text. */
const openings = ['"body":"', "sealed:v1:"] as const;
const minBase64 = 16;
const base64Run = /[A-Za-z0-9+/]*={0,2}/y;

/** The max length of a text: V8 allows no longer strings. It is in bytes, so every possible text fits. */
export const maxTextBytes: number = 3 * 2 ** 29;

export function encodeText(text: string): Buffer {
  if (!openings.some((opening) => text.includes(opening))) {
    return Buffer.from(text);
  }
  const runs = openings
    .flatMap((opening) => runsBehind(text, opening))
    .toSorted((a, b) => a.start - b.start);
  if (runs.length === 0) {
    return Buffer.from(text);
  }
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { start, end, bytes } of runs) {
    if (start >= from) {
      parts.push(Buffer.from(text.slice(from, start)), header(bytes.length), bytes);
      from = end;
    }
  }
  parts.push(Buffer.from(text.slice(from)));
  return Buffer.concat(parts);
}

interface Run {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

function runsBehind(text: string, opening: string): readonly Run[] {
  const runs: Run[] = [];
  for (let found = text.indexOf(opening); found >= 0;) {
    const start = found + opening.length;
    base64Run.lastIndex = start;
    const encoded = base64Run.exec(text)?.[0] ?? "";
    if (encoded.length >= minBase64) {
      const bytes = Buffer.from(encoded, "base64");
      // Skips base64 that would be decoded to the same bytes but encoded differently.
      if (bytes.toString("base64") === encoded) {
        runs.push({ start, end: start + encoded.length, bytes });
      }
    }
    found = text.indexOf(opening, start + encoded.length);
  }
  return runs;
}

function header(length: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = base64Mark;
  bytes.writeUInt32LE(length, 1);
  return bytes;
}

/** @throws DamagedTextError */
export function decodeText(bytes: Buffer): string {
  let mark = bytes.indexOf(base64Mark);
  if (mark < 0) {
    return bytes.toString();
  }
  const parts: string[] = [];
  let from = 0;
  while (mark >= 0) {
    const start = mark + 5;
    if (start > bytes.length) {
      throw new DamagedTextError();
    }
    const end = start + bytes.readUInt32LE(mark + 1);
    if (end > bytes.length) {
      throw new DamagedTextError();
    }
    parts.push(bytes.toString("utf8", from, mark), bytes.toString("base64", start, end));
    from = end;
    mark = bytes.indexOf(base64Mark, from);
  }
  parts.push(bytes.toString("utf8", from));
  return parts.join("");
}
