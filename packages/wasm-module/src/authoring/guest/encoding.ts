import { engine } from "./engine.ts";

/** Bytes in any of the shapes that the web's standards take. */
export type Bytes = ArrayBuffer | ArrayBufferView;

/** The same bytes as a `Uint8Array`, not copied. */
export function bytesOf(source: Bytes): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(engine.encodeUtf8(text.toWellFormed()));
}

/** Bytes that are not UTF-8 become U+FFFD. A byte order mark is dropped. */
export function textOf(bytes: Uint8Array): string {
  const text = engine.decodeUtf8(bytes, false) ?? "";
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/** The standard's `TextEncoder`, without `encodeInto`. */
export class TextEncoder {
  readonly encoding = "utf-8";

  encode(text = ""): Uint8Array<ArrayBuffer> {
    return utf8(String(text));
  }
}

/** The standard's `TextDecoder` for UTF-8, without streams. */
export class TextDecoder {
  readonly encoding = "utf-8";
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;

  constructor(
    label = "utf-8",
    options: { readonly fatal?: boolean; readonly ignoreBOM?: boolean } = {},
  ) {
    if (!/^\s*(?:utf-?8|unicode-1-1-utf-8)\s*$/i.test(label)) {
      throw new RangeError(`a workflow decodes UTF-8 only, not ${label}`);
    }
    this.fatal = options.fatal ?? false;
    this.ignoreBOM = options.ignoreBOM ?? false;
  }

  decode(source?: Bytes): string {
    const text = source === undefined ? "" : engine.decodeUtf8(bytesOf(source), this.fatal);
    if (text === undefined) throw new TypeError("the bytes are not UTF-8");
    return text.startsWith("\uFEFF") && !this.ignoreBOM ? text.slice(1) : text;
  }
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
