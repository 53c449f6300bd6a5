import type { Json } from "./exact-json.ts";
import { mismatch, readString } from "./json-shape.ts";
import { writeString } from "./json-writer.ts";

/**
 * How an HTTP body is spelled in JSON: as `base64` text, as the guest's crates do from 1.0.0-beta.3 on, or as an array of
 * `bytes`, as 1.0.0-beta.1 and 1.0.0-beta.2 do. A guest understands its own form only.
 */
export type BodyForm = "base64" | "bytes";

/** What a request and a response have of their body. */
export interface Body {
  /** Base64, whatever the form. The ABI does not promise that it decodes. */
  readonly body: string;
  /** How the body is spelled in JSON. Default `base64`. */
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

/** Without an array of numbers, which would take more memory than the text. Ten million bytes are walked through by index. */
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
  // The last comma has no number after it.
  text[text.length - 1] = closing;
  return text.toString("latin1");
}

const bytesStart = ',"body":[';
const bytesEnd = "]}}";

/**
 * A request whose body the older crates wrote, with that body as base64 text. Undefined where it is anything else; then it
 * has to be read as JSON, which takes far more memory where the body is large.
 */
export function withTextBody(call: string): string | undefined {
  if (!call.startsWith('{"HTTPRequest":{') || !call.endsWith(bytesEnd)) return undefined;
  // It is the last member; an unescaped quotation mark after a comma can't be part of a string.
  const start = call.lastIndexOf(bytesStart);
  if (start === -1) return undefined;
  const bytes = parseBytes(call, start + bytesStart.length, call.length - bytesEnd.length);
  if (bytes === undefined) return undefined;
  return `${call.slice(0, start)},"body":"${bytes.toString("base64")}"}}`;
}

/** Numbers from 0 to 255 with a comma between them, and nothing else. */
function parseBytes(text: string, start: number, end: number): Buffer | undefined {
  // Each takes a digit and a comma at least.
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
