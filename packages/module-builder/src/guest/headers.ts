import { listOf } from "./list-of.ts";
import type { FetchHeaders, HttpHeaders } from "@flawless-ts/wasm-module";

type Source = Readonly<Record<string, string>> | Iterable<readonly [string, string]>;

const validName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/**
 * Characters that no value may contain. Source: the Fetch Standard, "header value"; also, each character must be a
 * byte.
 */
const invalidValue = /[\0\r\n]|[^\0-\xff]/;
/** HTTP white space, at either end. */
const outerSpace = /^[\t\n\r ]+|[\t\n\r ]+$/g;

/** The standard's `Headers`. */
export class Headers implements FetchHeaders {
  /** By lower-case name. */
  readonly #values = new Map<string, string[]>();

  constructor(source: Source | HttpHeaders = []) {
    if (typeof source !== "object" || source === null) {
      throw new TypeError(
        `expected headers as an object, or as pairs of a name and a value, but got ${String(source)}`,
      );
    }
    if (!(Symbol.iterator in source)) {
      for (const [name, value] of Object.entries(source)) this.append(name, value);
      return;
    }
    for (const pair of source) {
      const [name, value, ...more] = listOf(pair, "each header as a pair of a name and a value");
      if (name === undefined || value === undefined || more.length > 0) {
        throw new TypeError("expected each header as a pair of a name and a value");
      }
      this.append(name as string, value as string);
    }
  }

  append(name: string, value: string): void {
    const key = keyOf(name);
    this.#values.set(key, [...(this.#values.get(key) ?? []), valueOf(name, value)]);
  }

  set(name: string, value: string): void {
    this.#values.set(keyOf(name), [valueOf(name, value)]);
  }

  delete(name: string): void {
    this.#values.delete(keyOf(name));
  }

  get(name: string): string | null {
    return this.#values.get(keyOf(name))?.join(", ") ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(keyOf(name));
  }

  getSetCookie(): string[] {
    return [...(this.#values.get("set-cookie") ?? [])];
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void): void {
    for (const [name, value] of this) callback(value, name, this);
  }

  /** Sorted by name, as the standard says, with each `set-cookie` separate. */
  entries(): IterableIterator<[string, string]> {
    return [...this.#values]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, values]): [string, string][] =>
        name === "set-cookie" ? values.map((value) => [name, value]) : [[name, values.join(", ")]],
      )
      .values();
  }

  keys(): IterableIterator<string> {
    return [...this].map(([name]) => name).values();
  }

  values(): IterableIterator<string> {
    return [...this].map(([, value]) => value).values();
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  /**
   * The headers of a response, as received from the host: a value that would be invalid in a request must not keep a
   * workflow from the response.
   */
  static received(pairs: HttpHeaders): Headers {
    const headers = new Headers();
    for (const [name, value] of pairs) {
      const key = name.toLowerCase();
      headers.#values.set(key, [...(headers.#values.get(key) ?? []), value.trim()]);
    }
    return headers;
  }
}

function keyOf(name: string): string {
  const key = String(name).toLowerCase();
  if (!validName.test(key))
    throw new TypeError(`expected a header's name, but got ${JSON.stringify(name)}`);
  return key;
}

function valueOf(name: string, value: unknown): string {
  const text = String(value).replace(outerSpace, "");
  if (invalidValue.test(text)) {
    throw new TypeError(
      `expected the header ${name} to have a value of one line, of characters up to U+00FF, but got ${JSON.stringify(text)}`,
    );
  }
  return text;
}
