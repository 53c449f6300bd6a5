import { weigh, type Weights } from "./weights.ts";

/** The options of the standard's `Intl.Collator`. */
export interface CollatorOptions {
  readonly usage?: string;
  readonly sensitivity?: string;
  readonly numeric?: boolean;
  readonly ignorePunctuation?: boolean;
  readonly caseFirst?: string;
  readonly localeMatcher?: string;
  readonly collation?: string;
}

/** The options with defaults applied. */
export interface ResolvedCollatorOptions {
  readonly locale: string;
  readonly usage: string;
  readonly sensitivity: string;
  readonly ignorePunctuation: boolean;
  readonly collation: string;
  readonly numeric: boolean;
  readonly caseFirst: string;
}

/** Strings whose weights are cached: sorting needs the same ones repeatedly. */
const maxKept = 2000;
/** The weights of longer strings are not cached. */
const maxKeptLength = 200;
/** Source: BCP 47, as far as it is needed here. */
const wellFormedLocale = /^(?:[a-z]{2,3}|[a-z]{5,8})(?:-[a-z0-9]{1,8})*$/i;

/**
 * The standard's `Intl.Collator`, with Unicode's order for all languages. Orders of single languages that differ from
 * it are not supported.
 */
export class Collator {
  readonly #options: ResolvedCollatorOptions;
  readonly #kept = new Map<string, Weights>();
  readonly compare: (first: string, second: string) => number;

  constructor(locales?: unknown, options: CollatorOptions = {}) {
    const extensions = localesOf(locales)[0]?.toLowerCase().split("-u-")[1] ?? "";
    const { sensitivity, usage, numeric, ignorePunctuation, caseFirst } = Object(
      options,
    ) as CollatorOptions;
    const askedFirst = /\bkf-(upper|lower)\b/.exec(extensions)?.[1];
    this.#options = {
      locale: "und",
      usage: oneOf("usage", usage, ["sort", "search"]),
      sensitivity: oneOf("sensitivity", sensitivity, ["variant", "base", "accent", "case"]),
      ignorePunctuation: Boolean(ignorePunctuation),
      collation: "default",
      numeric: numeric === undefined ? /\bkn(?!-false)\b/.test(extensions) : Boolean(numeric),
      caseFirst: oneOf("caseFirst", caseFirst ?? askedFirst, ["false", "upper", "lower"]),
    };
    this.compare = (first, second) => this.#compare(String(first), String(second));
  }

  static supportedLocalesOf(locales?: unknown): string[] {
    localesOf(locales);
    return [];
  }

  resolvedOptions(): ResolvedCollatorOptions {
    return { ...this.#options };
  }

  #compare(first: string, second: string): number {
    if (first === second) return 0;
    const [a, b] = [this.#weigh(first), this.#weigh(second)];
    const { sensitivity, caseFirst } = this.#options;
    const primary = difference(a.primary, b.primary);
    if (primary !== 0 || sensitivity === "base") return primary;
    const hasAccents = sensitivity !== "case";
    const secondary = hasAccents ? difference(a.secondary, b.secondary) : 0;
    if (secondary !== 0 || sensitivity === "accent") return secondary;
    const tertiary = difference(a.tertiary, b.tertiary);
    return caseFirst === "upper" ? -tertiary : tertiary;
  }

  #weigh(text: string): Weights {
    const known = this.#kept.get(text);
    if (known !== undefined) return known;
    const weights = weigh(text, this.#options);
    if (this.#kept.size >= maxKept) this.#kept.clear();
    if (text.length <= maxKeptLength) this.#kept.set(text, weights);
    return weights;
  }
}

/** The standard's `localeCompare`. */
export function localeCompare(
  text: unknown,
  other?: unknown,
  locales?: unknown,
  options?: CollatorOptions,
): number {
  if (text === undefined || text === null) {
    throw new TypeError(`localeCompare of ${String(text)}`);
  }
  const isUsual = locales === undefined && options === undefined;
  return (isUsual ? usual : new Collator(locales, options)).compare(
    `${text as string}`,
    `${other as string}`,
  );
}

const usual: Collator = new Collator();

function oneOf(name: string, value: unknown, values: readonly string[]): string {
  const text = value === undefined ? values[0] : String(value);
  if (text !== undefined && values.includes(text)) return text;
  throw new RangeError(`expected ${name} to be ${values.join(", ")}, but got ${String(text)}`);
}

function localesOf(locales: unknown): string[] {
  if (locales === undefined) return [];
  const list =
    typeof locales === "string" ? [locales] : Array.from(locales as Iterable<unknown>, String);
  for (const locale of list) {
    if (!wellFormedLocale.test(locale)) {
      throw new RangeError(
        `expected a language tag such as "en", but got ${JSON.stringify(locale)}`,
      );
    }
  }
  return list;
}

/** -1, 0 or 1. A prefix comes before the longer list. */
function difference(first: readonly number[], second: readonly number[]): number {
  const length = Math.min(first.length, second.length);
  for (let index = 0; index < length; index += 1) {
    const [a = 0, b = 0] = [first[index], second[index]];
    if (a !== b) return a < b ? -1 : 1;
  }
  return Math.sign(first.length - second.length);
}
