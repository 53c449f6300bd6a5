import type { HttpHeaders } from "../../abi/host-call.ts";
import type { FetchHeaders } from "../workflow-context.ts";

type Source = Readonly<Record<string, string>> | Iterable<readonly [string, string]>;

const validName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** The standard's `Headers`. */
export class Headers implements FetchHeaders {
  /** Names in lower case. */
  readonly #values = new Map<string, string[]>();

  constructor(source: Source | HttpHeaders = []) {
    const pairs = (Symbol.iterator in source ? source : Object.entries(source)) as Iterable<
      readonly [string, string]
    >;
    for (const [name, value] of pairs) this.append(name, value);
  }

  append(name: string, value: string): void {
    const key = keyOf(name);
    this.#values.set(key, [...(this.#values.get(key) ?? []), String(value).trim()]);
  }

  set(name: string, value: string): void {
    this.#values.set(keyOf(name), [String(value).trim()]);
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

  forEach(callback: (value: string, name: string) => void): void {
    for (const [name, value] of this) callback(value, name);
  }

  /** Sorted by name, as the standard says; each `set-cookie` on its own. */
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
}

function keyOf(name: string): string {
  const key = String(name).toLowerCase();
  if (!validName.test(key))
    throw new TypeError(`expected a header's name, but got ${JSON.stringify(name)}`);
  return key;
}
