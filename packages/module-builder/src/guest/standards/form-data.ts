import type { BodyBytes } from "../body.ts";
import { textOf } from "../encoding.ts";
import { shared } from "../shared.ts";
import { randomUuid } from "../random.ts";
import { Blob, File } from "./blob.ts";
import { parseMultipart } from "./multipart.ts";

type Entry = string | File;

/** The standard's `FormData`. */
export class FormData implements Iterable<[string, Entry]> {
  #entries: [string, Entry][] = [];

  constructor(form?: undefined) {
    if (form !== undefined) throw new TypeError("a workflow has no HTML forms: append each field");
  }

  append(name: string, value: string | Blob, file?: string): void {
    this.#entries.push([String(name), entryOf(value, file)]);
  }

  set(name: string, value: string | Blob, file?: string): void {
    const key = String(name);
    const first = this.#entries.findIndex((entry) => entry[0] === key);
    if (first < 0) return this.append(key, value, file);
    this.#entries[first] = [key, entryOf(value, file)];
    this.#entries = this.#entries.filter((entry, index) => index <= first || entry[0] !== key);
  }

  delete(name: string): void {
    this.#entries = this.#entries.filter((entry) => entry[0] !== String(name));
  }

  get(name: string): Entry | null {
    return this.#entries.find((entry) => entry[0] === String(name))?.[1] ?? null;
  }

  getAll(name: string): Entry[] {
    return this.#entries.filter((entry) => entry[0] === String(name)).map((entry) => entry[1]);
  }

  has(name: string): boolean {
    return this.#entries.some((entry) => entry[0] === String(name));
  }

  forEach(callback: (value: Entry, name: string, form: FormData) => void): void {
    for (const [name, value] of this) callback(value, name, this);
  }

  entries(): IterableIterator<[string, Entry]> {
    return this.#entries.map(([name, value]): [string, Entry] => [name, value]).values();
  }

  keys(): IterableIterator<string> {
    return this.#entries.map((entry) => entry[0]).values();
  }

  values(): IterableIterator<Entry> {
    return this.#entries.map((entry) => entry[1]).values();
  }

  [Symbol.iterator](): IterableIterator<[string, Entry]> {
    return this.entries();
  }

  /** @internal Source: RFC 7578, and the HTML Standard's "multipart/form-data encoding algorithm". */
  "flawless:body"(): BodyBytes {
    const boundary = `form-${randomUuid()}`;
    const parts = this.#entries.flatMap(([name, value]) => {
      const start = `--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"`;
      if (typeof value === "string") {
        return [`${start}\r\n\r\n${value.replace(/\r\n?|\n/g, "\r\n")}\r\n`];
      }
      const type = value.type === "" ? "application/octet-stream" : value.type;
      return [
        `${start}; filename="${quoted(value.name)}"\r\ncontent-type: ${type}\r\n\r\n`,
        value,
        "\r\n",
      ];
    });
    const { bytes } = new Blob([...parts, `--${boundary}--\r\n`])["flawless:body"]();
    return { bytes, type: `multipart/form-data; boundary=${boundary}` };
  }
}

function entryOf(value: string | Blob, file: string | undefined): Entry {
  if (!(value instanceof Blob)) return String(value);
  if (value instanceof File && file === undefined) return value;
  const name = file ?? (value instanceof File ? value.name : "blob");
  return new File([value], name, { type: value.type });
}

function quoted(text: string): string {
  return text.replace(/\r\n?|\n/g, "%0D%0A").replaceAll('"', "%22");
}

/**
 * Reads a form.
 *
 * @param contentType the body's header.
 * @throws {TypeError} if the body is not a form.
 */
export function parseFormData(bytes: Uint8Array, contentType: string | null): FormData {
  const form = new FormData();
  const type = contentType ?? "";
  if (/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) {
    const { URLSearchParams } = shared.part("web");
    for (const [name, value] of new URLSearchParams(textOf(bytes))) {
      form.append(name, value);
    }
    return form;
  }
  const boundary = /^multipart\/form-data\s*;.*\bboundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type);
  if (boundary === null) {
    throw new TypeError(
      `expected a body of multipart/form-data or application/x-www-form-urlencoded, but its content-type is ${JSON.stringify(contentType)}`,
    );
  }
  for (const part of parseMultipart(bytes, boundary[1] ?? boundary[2] ?? "")) {
    const { name, file, type: partType, content } = part;
    if (file === undefined) form.append(name, textOf(content));
    else form.append(name, new File([content], file, { type: partType ?? "text/plain" }));
  }
  return form;
}
