import { limitNamesOf, readLimits } from "@flawless-ts/http-service/program";
import { defaultApiLimits } from "../api/api-options.ts";
import { defaultLimits } from "../engine/limits.ts";
import { executorLimits } from "../executor/executor-options.ts";
import type { ServerOptions } from "../server-options.ts";

const apiNames = limitNamesOf(defaultApiLimits);
const engineNames = limitNamesOf(defaultLimits).filter((name) => name !== "retry");

const serverNames = ["logCharactersPerSecond"] as const;

/** The names of all limits of `flawless up`. */
export const limitNames: readonly string[] = [
  ...new Set<string>([...apiNames, ...engineNames, ...executorLimits, ...serverNames]),
].toSorted();

/**
 * Turns `--limit NAME=NUMBER` options into limits for `startServer`. A limit that both the API and the engine have, such as
 * moduleBytes, is set for both.
 *
 * @throws CliError
 */
export function readUpLimits(
  given: readonly string[],
): Required<Pick<ServerOptions, "limits" | "apiLimits" | "executors">> &
  Pick<ServerOptions, "logCharactersPerSecond"> {
  const limits = readLimits(given, limitNames);
  return {
    limits: pick(limits, engineNames),
    apiLimits: pick(limits, apiNames),
    executors: pick(limits, executorLimits),
    ...pick(limits, serverNames),
  };
}

function pick<Name extends string>(
  limits: Partial<Record<string, number>>,
  names: readonly Name[],
): Partial<Record<Name, number>> {
  return Object.fromEntries(
    names.filter((name) => limits[name] !== undefined).map((name) => [name, limits[name]]),
  ) as Partial<Record<Name, number>>;
}
