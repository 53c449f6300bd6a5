import { closest } from "@flawless-ts/wasm-module/internal";
import { CliError } from "./cli-error.ts";

const multiples: Readonly<Record<string, number>> = {
  "": 1,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  ms: 1,
  s: 1_000,
};

/** The names of the limits in these defaults. */
export function limitNamesOf<Limits extends object>(
  defaults: Limits,
): readonly (keyof Limits & string)[] {
  return Object.keys(defaults) as (keyof Limits & string)[];
}

/**
 * Parses the `NAME=NUMBER` of one or more `--limit` options. The number may end in Ki, Mi, Gi, ms or s.
 *
 * @param known the limits that exist
 * @throws CliError
 */
export function readLimits<Name extends string>(
  given: readonly string[],
  known: readonly Name[],
): Partial<Record<Name, number>> {
  const limits: Partial<Record<Name, number>> = {};
  for (const text of given) {
    const [, name, digits, unit = ""] = /^(\w+)=(\d{1,15})(Ki|Mi|Gi|ms|s)?$/.exec(text) ?? [];
    const value = Number(digits) * (multiples[unit] ?? 1);
    if (name === undefined || !Number.isSafeInteger(value)) {
      throw wrong(
        `--limit expects NAME=NUMBER, such as jsonBytes=8Mi or maxConnections=500, not ${JSON.stringify(text)}.`,
      );
    }
    const found = known.find((candidate) => candidate === name);
    if (found === undefined) {
      const meant = closest(name, known);
      throw wrong(
        meant === null
          ? `There is no limit ${name}, only ${known.toSorted().join(", ")}.`
          : `There is no limit ${name}. Did you mean ${meant}?`,
      );
    }
    if (limits[found] !== undefined) {
      throw wrong(`The limit ${name} is given twice. Leave one of them out.`);
    }
    limits[found] = value;
  }
  return limits;
}

function wrong(message: string): CliError {
  return new CliError(message, { exitCode: 2 });
}
