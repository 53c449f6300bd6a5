import { bytesOf, isBytes, type Bytes } from "./bytes.ts";
import { engine } from "./engine.ts";

type Encoding = "utf-8" | "utf-16le" | "utf-16be";

/** Source: the table of labels in the Encoding Standard, 4.2. */
const labels: Readonly<Record<Encoding, RegExp>> = {
  "utf-8": /^(?:x-unicode20utf8|unicode20utf8|unicode11utf8|unicode-1-1-utf-8|utf-?8)$/,
  "utf-16le": /^(?:csunicode|iso-10646-ucs-2|ucs-2|unicode|unicodefeff|utf-16|utf-16le)$/,
  "utf-16be": /^(?:unicodefffe|utf-16be)$/,
};
/** How many UTF-16 units are decoded at a time. */
const chunkUnits = 4096;

/** The standard's `TextDecoder`, for UTF-8 and UTF-16. */
export class TextDecoder {
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  /** The beginning of a character that is not complete yet. */
  #kept: Uint8Array = new Uint8Array();
  /** Whether a byte order mark may still follow. */
  #isAtStart = true;

  constructor(
    label = "utf-8",
    options: { readonly fatal?: boolean; readonly ignoreBOM?: boolean } = {},
  ) {
    this.encoding = encodingOf(String(label));
    this.fatal = Boolean(options.fatal);
    this.ignoreBOM = Boolean(options.ignoreBOM);
  }

  /** @throws {TypeError} if `fatal` is set and the bytes are invalid in the encoding. */
  decode(source?: Bytes, options: { readonly stream?: boolean } = {}): string {
    if (source !== undefined && !isBytes(source)) {
      throw new TypeError("expected an ArrayBuffer or a view of one as the bytes to decode");
    }
    const all = joined(this.#kept, source === undefined ? new Uint8Array() : bytesOf(source));
    const stream = Boolean(options.stream);
    const whole = stream ? all.length - openBytes(this.encoding, all) : all.length;
    this.#kept = all.slice(whole);
    const text = this.#decoded(all.subarray(0, whole));
    if (text === undefined) {
      this.#kept = new Uint8Array();
      this.#isAtStart = true;
      throw new TypeError(`the bytes are not ${this.encoding.toUpperCase()}`);
    }
    const hasMark = this.#isAtStart && !this.ignoreBOM && text.startsWith("\uFEFF");
    this.#isAtStart = !stream || (this.#isAtStart && text === "");
    return hasMark ? text.slice(1) : text;
  }

  #decoded(bytes: Uint8Array): string | undefined {
    if (this.encoding === "utf-8") return engine.decodeUtf8(bytes, this.fatal);
    const text = utf16(bytes, this.encoding === "utf-16le");
    const isEven = bytes.length % 2 === 0;
    if (this.fatal && !(isEven && text.isWellFormed())) return undefined;
    // If half of a pair and a byte are left over at the end, they count as one error.
    const isCounted = isEven || /[\ud800-\udbff]$/.test(text);
    return isCounted ? text.toWellFormed() : `${text.toWellFormed()}\uFFFD`;
  }
}

function encodingOf(label: string): Encoding {
  const name = label.trim().toLowerCase();
  for (const [encoding, known] of Object.entries(labels)) {
    if (known.test(name)) return encoding as Encoding;
  }
  throw new RangeError(
    `a workflow decodes utf-8, utf-16le and utf-16be, but got ${JSON.stringify(label)}`,
  );
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/** How many bytes at the end are the beginning of an incomplete character. */
function openBytes(encoding: string, bytes: Uint8Array): number {
  if (encoding !== "utf-8") return openUtf16Bytes(bytes, encoding === "utf-16le");
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) !== 0x80) {
      const second = back > 1 ? (bytes[bytes.length - back + 1] ?? 0) : undefined;
      return back < utf8Length(byte, second) ? back : 0;
    }
  }
  return 0;
}

/** The length of a character with this first byte; 1 if no following bytes could complete it. */
function utf8Length(first: number, second: number | undefined): number {
  const [least = 0x80, greatest = 0xbf] =
    { 0xe0: [0xa0], 0xed: [0x80, 0x9f], 0xf0: [0x90], 0xf4: [0x80, 0x8f] }[first] ?? [];
  if (second !== undefined && (second < least || second > greatest)) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 1;
}

function openUtf16Bytes(bytes: Uint8Array, isLittle: boolean): number {
  const odd = bytes.length % 2;
  const high = bytes[bytes.length - odd - (isLittle ? 1 : 2)] ?? 0;
  return high >= 0xd8 && high <= 0xdb ? odd + 2 : odd;
}

function utf16(bytes: Uint8Array, isLittle: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = "";
  for (let start = 0; start + 1 < bytes.length; start += chunkUnits * 2) {
    const units: number[] = [];
    const end = Math.min(start + chunkUnits * 2, bytes.length - 1);
    for (let place = start; place < end; place += 2) units.push(view.getUint16(place, isLittle));
    text += String.fromCharCode(...units);
  }
  return text;
}
