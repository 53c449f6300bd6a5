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
  const distances = names.map((name) => ({
    name,
    distance: editDistance(given.toLowerCase(), name.toLowerCase()),
  }));
  const [nearest] = distances.toSorted((one, other) => one.distance - other.distance);
  return nearest !== undefined && nearest.distance <= Math.ceil(nearest.name.length / 4)
    ? nearest.name
    : null;
}

/** The number of characters to insert, delete or replace to turn one text into the other (Levenshtein). */
function editDistance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [row, character] of [...one].entries()) {
    const current = [row + 1];
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = at(previous, column - 1) + (other[column - 1] === character ? 0 : 1);
      current.push(Math.min(replaced, at(previous, column) + 1, at(current, column - 1) + 1));
    }
    previous = current;
  }
  return at(previous, other.length);
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? Number.POSITIVE_INFINITY;
}
