import type { Json } from "./exact-json.ts";
import { mismatch, readString } from "./json-shape.ts";
import { writeString } from "./json-writer.ts";

/**
 * The form of an HTTP body in JSON: `base64` text, as in the guest's crates since 1.0.0-beta.3, or an array of `bytes`,
 * as in 1.0.0-beta.1 and 1.0.0-beta.2. A guest understands only its own form.
 */
export type BodyForm = "base64" | "bytes";

/** The body of a request or a response. */
export interface Body {
  /** Base64, whatever the form. The ABI doesn't guarantee that it decodes. */
  readonly body: string;
  /** The form of the body in JSON. Default `base64`. */
  readonly bodyForm?: BodyForm;
}

/** Each byte's number, and a comma. */
const decimals: readonly Uint8Array[] = Array.from({ length: 256 }, (_, byte) =>
  new TextEncoder().encode(`${byte},`),
);
const comma = ",".charCodeAt(0);
const closing = "]".charCodeAt(0);
const zero = "0".charCodeAt(0);
const nine = "9".charCodeAt(0);

/** Reads a body of either form. */
export function readBody(value: Json | undefined, path: string): Body {
  if (!Array.isArray(value)) return { body: readString(value, path) };
  const bytes = Buffer.allocUnsafe(value.length);
  for (const [index, byte] of (value as readonly Json[]).entries()) {
    if (typeof byte !== "number" || byte < 0 || byte > 255)
      mismatch(`${path}[${index}]`, "an integer from 0 to 255", byte);
    bytes[index] = byte;
  }
  return { body: bytes.toString("base64"), bodyForm: "bytes" };
}

/** Writes a body in its form. */
export function writeBody({ body, bodyForm = "base64" }: Body, path: string): string {
  return bodyForm === "bytes" ? writeBytes(Buffer.from(body, "base64")) : writeString(body, path);
}

/** Avoids an array of numbers, which would need more memory than the text. Ten million bytes are iterated by index. */
function writeBytes(bytes: Uint8Array): string {
  let length = 1;
  for (let index = 0; index < bytes.length; index += 1) {
    length += (decimals[bytes[index] as number] as Uint8Array).length;
  }
  const text = Buffer.allocUnsafe(Math.max(length, 2));
  let end = text.write("[");
  for (let index = 0; index < bytes.length; index += 1) {
    const decimal = decimals[bytes[index] as number] as Uint8Array;
    for (let digit = 0; digit < decimal.length; digit += 1) {
      text[end++] = decimal[digit] as number;
    }
  }
  // Replaces the last comma, which no number follows.
  text[text.length - 1] = closing;
  return text.toString("latin1");
}

const bytesStart = ',"body":[';
const bytesEnd = "]}}";

/**
 * A request whose body the older crates wrote, with that body as base64 text. Undefined for anything else, which must
 * be read as JSON; that needs far more memory if the body is large.
 */
export function withTextBody(call: string): string | undefined {
  if (!call.startsWith('{"HTTPRequest":{') || !call.endsWith(bytesEnd)) return undefined;
  // The body is the last member. An unescaped quotation mark after a comma can't be part of a string.
  const start = call.lastIndexOf(bytesStart);
  if (start === -1) return undefined;
  const bytes = parseBytes(call, start + bytesStart.length, call.length - bytesEnd.length);
  if (bytes === undefined) return undefined;
  return `${call.slice(0, start)},"body":"${bytes.toString("base64")}"}}`;
}

/** Parses numbers from 0 to 255, separated by commas, and nothing else. */
function parseBytes(text: string, start: number, end: number): Buffer | undefined {
  // Each has at least a digit and a comma.
  const bytes = Buffer.allocUnsafe(Math.ceil((end - start + 1) / 2));
  let count = 0;
  let position = start;
  while (position < end) {
    const first = position;
    let byte = 0;
    for (; position < end && position - first < 3; position += 1) {
      const digit = text.charCodeAt(position);
      if (digit < zero || digit > nine) break;
      byte = byte * 10 + digit - zero;
    }
    const digits = position - first;
    const hasLeadingZero = digits > 1 && text.charCodeAt(first) === zero;
    if (digits === 0 || hasLeadingZero || byte > 255) return undefined;
    bytes[count++] = byte;
    if (position < end) {
      position += 1;
      if (text.charCodeAt(position - 1) !== comma || position === end) return undefined;
    }
  }
  return bytes.subarray(0, count);
}
