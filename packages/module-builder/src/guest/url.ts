import type { BodyBytes } from "./body.ts";
import { utf8 } from "./encoding.ts";
import { engine, type UrlParts } from "./engine.ts";

const partNames = [
  "href",
  "protocol",
  "username",
  "password",
  "host",
  "hostname",
  "port",
  "pathname",
  "search",
  "hash",
  "origin",
] as const;

type PartName = (typeof partNames)[number];

/** The standard's `URL`. Host names with non-ASCII characters must be written in Punycode. */
export class URL {
  #parts: UrlParts;
  #parameters: URLSearchParams | undefined;

  constructor(url: string | { toString(): string }, base?: string | { toString(): string }) {
    const parts = engine.parseUrl(String(url), base === undefined ? undefined : String(base));
    if (parts === undefined) throw new TypeError(`Invalid URL: ${String(url)}`);
    this.#parts = parts;
  }

  static canParse(
    url: string | { toString(): string },
    base?: string | { toString(): string },
  ): boolean {
    return (
      engine.parseUrl(String(url), base === undefined ? undefined : String(base)) !== undefined
    );
  }

  /** Like the constructor, but returns null instead of throwing. */
  static parse(
    url: string | { toString(): string },
    base?: string | { toString(): string },
  ): URL | null {
    return URL.canParse(url, base) ? new URL(url, base) : null;
  }

  get searchParams(): URLSearchParams {
    this.#parameters ??= new URLSearchParams(this.part("search"), (query) =>
      this.change("search", query),
    );
    return this.#parameters;
  }

  toString(): string {
    return this.part("href");
  }

  toJSON(): string {
    return this.part("href");
  }

  /** @internal */
  part(name: PartName): string {
    return this.#parts[partNames.indexOf(name)] ?? "";
  }

  /** @internal */
  change(name: PartName, value: string): void {
    const parts = engine.changeUrl(this.part("href"), name, String(value));
    if (parts === undefined) throw new TypeError(`Invalid URL: ${String(value)}`);
    this.#parts = parts;
  }
}

for (const name of partNames) {
  Object.defineProperty(URL.prototype, name, {
    configurable: true,
    enumerable: true,
    get(this: URL): string {
      return this.part(name);
    },
    ...(name === "origin"
      ? {}
      : {
          set(this: URL, value: string): void {
            this.change(name, value);
          },
        }),
  });
}

type Pair = readonly [string, string];

/** The standard's `URLSearchParams`. */
export class URLSearchParams implements Iterable<[string, string]> {
  #pairs: [string, string][] = [];
  readonly #changed: ((query: string) => void) | undefined;

  constructor(
    source: string | Iterable<Pair> | Readonly<Record<string, string>> | undefined = "",
    changed?: (query: string) => void,
  ) {
    this.#changed = changed;
    if (typeof source === "string") {
      const flat = engine.parseForm(source.startsWith("?") ? source.slice(1) : source);
      for (let index = 0; index + 1 < flat.length; index += 2) {
        this.#pairs.push([flat[index] ?? "", flat[index + 1] ?? ""]);
      }
    } else {
      const pairs = Symbol.iterator in source ? source : Object.entries(source);
      for (const [name, value] of pairs as Iterable<Pair>)
        this.#pairs.push([String(name), String(value)]);
    }
  }

  get size(): number {
    return this.#pairs.length;
  }

  get(name: string): string | null {
    return this.#pairs.find((pair) => pair[0] === name)?.[1] ?? null;
  }

  getAll(name: string): string[] {
    return this.#pairs.filter((pair) => pair[0] === name).map((pair) => pair[1]);
  }

  has(name: string, value?: string): boolean {
    return this.#pairs.some(
      (pair) => pair[0] === name && (value === undefined || pair[1] === value),
    );
  }

  append(name: string, value: string): void {
    this.#pairs.push([String(name), String(value)]);
    this.#tell();
  }

  set(name: string, value: string): void {
    const first = this.#pairs.findIndex((pair) => pair[0] === name);
    if (first < 0) return this.append(name, value);
    this.#pairs = this.#pairs.filter((pair, index) => pair[0] !== name || index === first);
    this.#pairs[first] = [String(name), String(value)];
    this.#tell();
  }

  delete(name: string, value?: string): void {
    this.#pairs = this.#pairs.filter(
      (pair) => pair[0] !== name || (value !== undefined && pair[1] !== value),
    );
    this.#tell();
  }

  sort(): void {
    this.#pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    this.#tell();
  }

  forEach(callback: (value: string, name: string) => void): void {
    for (const [name, value] of this.#pairs) callback(value, name);
  }

  entries(): IterableIterator<[string, string]> {
    return this.#pairs.values();
  }

  keys(): IterableIterator<string> {
    return this.#pairs.map((pair) => pair[0]).values();
  }

  values(): IterableIterator<string> {
    return this.#pairs.map((pair) => pair[1]).values();
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  toString(): string {
    return engine.writeForm(this.#pairs.flat());
  }

  /** @internal */
  "flawless:body"(): BodyBytes {
    return {
      bytes: utf8(this.toString()),
      type: "application/x-www-form-urlencoded;charset=UTF-8",
    };
  }

  #tell(): void {
    this.#changed?.(this.toString());
  }
}
