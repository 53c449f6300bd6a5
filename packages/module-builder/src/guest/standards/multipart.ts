import { textOf } from "../encoding.ts";

/** A field of a form. */
export interface MultipartField {
  readonly name: string;
  /** The file's name; undefined if it is not a file. */
  readonly file: string | undefined;
  readonly type: string | undefined;
  readonly content: Uint8Array;
}

/**
 * Reads `multipart/form-data`. Source: RFC 7578, RFC 2046 5.1.
 *
 * @throws {TypeError} if the bytes are anything else.
 */
export function parseMultipart(bytes: Uint8Array, boundary: string): MultipartField[] {
  // Latin-1 has one character for each byte, so that positions in the text and in the bytes are the same.
  const text = latin1(bytes);
  const line = `--${boundary}`;
  const fields: MultipartField[] = [];
  let place = text.indexOf(line);
  for (;;) {
    if (place < 0)
      throw new TypeError("the body is no whole multipart/form-data: a boundary is missing");
    const start = place + line.length;
    if (text.startsWith("--", start)) return fields;
    const headersEnd = text.indexOf("\r\n\r\n", start);
    const next = text.indexOf(`\r\n${line}`, headersEnd + 2);
    if (headersEnd < 0 || next < 0) {
      throw new TypeError("the body is no whole multipart/form-data: a field has no end");
    }
    fields.push(
      fieldOf(textOf(bytes.subarray(start, headersEnd)), bytes.slice(headersEnd + 4, next)),
    );
    place = next + 2;
  }
}

function fieldOf(headers: string, content: Uint8Array): MultipartField {
  const disposition = /^content-disposition:\s*form-data\b(.*)$/im.exec(headers)?.[1] ?? "";
  const parameter = (name: string): string | undefined => {
    const found = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;\\s]+))`, "i").exec(disposition);
    return (found?.[1] ?? found?.[2])?.replaceAll("%22", '"').replace(/%0D%0A/gi, "\r\n");
  };
  const name = parameter("name");
  if (name === undefined) throw new TypeError("a field of the multipart/form-data has no name");
  const type = /^content-type:\s*(.*?)\s*$/im.exec(headers)?.[1];
  return { name, file: parameter("filename"), type, content };
}

function latin1(bytes: Uint8Array): string {
  const chunk = 8192;
  let text = "";
  for (let start = 0; start < bytes.length; start += chunk) {
    text += String.fromCharCode(...bytes.subarray(start, start + chunk));
  }
  return text;
}
