import { InvalidOptionError } from "./invalid-option-error.ts";

/** The names of a function's options. */
export type OptionNames = Readonly<Record<string, true>>;

type EachNameOf<Options> = { readonly [Name in keyof Options]-?: true };

/** The names of options. The compiler checks that none is missing or superfluous. */
export function optionNames<Options extends object>(names: EachNameOf<Options>): OptionNames {
  return names as OptionNames;
}

/** The names of options that all have a default. */
export function namesOfDefaults(defaults: object): OptionNames {
  return Object.fromEntries(Object.keys(defaults).map((name) => [name, true]));
}

/**
 * Refuses options that don't exist, so that a misspelt one isn't silently ignored. An unknown option that is
 * `undefined` is refused, too, because it is just as misspelt.
 *
 * @param path the path of the options, such as `retry`; omitted for a function's own.
 * @throws {InvalidOptionError} with the name that was probably meant.
 */
export function refuseUnknownOptions(options: unknown, names: OptionNames, path = ""): void {
  if (typeof options !== "object" || options === null) {
    const got = options === null || options === undefined ? String(options) : `a ${typeof options}`;
    throw new InvalidOptionError(path || "options", `expected an object, but got ${got}.`);
  }
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name));
  if (unknown === undefined) return;
  const prefix = path === "" ? "" : `${path}.`;
  const known = Object.keys(names);
  const meant = closest(unknown, known);
  const advice =
    meant === null
      ? `Expected one of ${known.map((name) => prefix + name).join(", ")}.`
      : `Did you mean \`${prefix}${meant}\`?`;
  throw new InvalidOptionError(
    `${prefix}${unknown}`.slice(0, 100),
    `there is no such option. ${advice}`,
  );
}

/** The closest name to the given one; `null` if none is close. */
export function closest(given: string, names: readonly string[]): string | null {
  if (given.length > 50) return null;
  let nearest: string | null = null;
  let least = Infinity;
  for (const name of names) {
    const distance = editDistance(given.toLowerCase(), name.toLowerCase());
    if (distance >= least || distance > Math.ceil(name.length / 4)) continue;
    nearest = name;
    least = distance;
  }
  return nearest;
}

/** The number of characters to insert, delete or replace to turn one text into the other (Levenshtein). */
function editDistance(one: string, other: string): number {
  // The distances of what was read of `one` to the starts of `other`, from the empty one to all of it.
  let distances = Array.from({ length: other.length + 1 }, (_start, length) => length);
  for (const character of one) {
    let inserted = Infinity;
    distances = distances.map((removed, length) => {
      const before = distances[length - 1] ?? Infinity;
      const replaced = before + (other[length - 1] === character ? 0 : 1);
      inserted = Math.min(removed + 1, replaced, inserted + 1);
      return inserted;
    });
  }
  return distances.at(-1) ?? 0;
}
