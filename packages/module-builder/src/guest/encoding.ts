import { engine } from "./engine.ts";

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(engine.encodeUtf8(text.toWellFormed()));
}

/** Invalid UTF-8 becomes U+FFFD. A byte order mark is dropped. */
export function textOf(bytes: Uint8Array): string {
  const text = engine.decodeUtf8(bytes, false) ?? "";
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/** The standard's `TextEncoder`. */
export class TextEncoder {
  readonly encoding = "utf-8";

  encode(text = ""): Uint8Array<ArrayBuffer> {
    return utf8(String(text));
  }

  /** Writes as many whole characters as fit. `read` counts the text's UTF-16 units, `written` bytes. */
  encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
    if (!(target instanceof Uint8Array)) {
      throw new TypeError("expected a Uint8Array as the second argument of encodeInto");
    }
    const source = String(text);
    // A character takes at least one byte, so what exceeds the target's length can't fit.
    const bytes = utf8(source.slice(0, target.length + 1));
    let written = Math.min(bytes.length, target.length);
    while (isContinuation(bytes[written])) written -= 1;
    target.set(bytes.subarray(0, written));
    let read = 0;
    for (const byte of bytes.subarray(0, written)) {
      if (!isContinuation(byte)) read += byte >= 0xf0 ? 2 : 1;
    }
    return { read, written };
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** The standard's `btoa`. */
export function btoa(text: string): string {
  const bytes = Uint8Array.from(String(text), (character) => {
    const code = character.charCodeAt(0);
    if (code > 0xff || character.length > 1) {
      throw new DOMException("btoa takes characters up to U+00FF only", "InvalidCharacterError");
    }
    return code;
  });
  return engine.encodeBase64(bytes);
}

/** The standard's `atob`. */
export function atob(text: string): string {
  const bytes = engine.decodeBase64(String(text), true);
  if (bytes === undefined) {
    throw new DOMException("atob takes base64 only", "InvalidCharacterError");
  }
  let decoded = "";
  for (const byte of new Uint8Array(bytes)) decoded += String.fromCharCode(byte);
  return decoded;
}
