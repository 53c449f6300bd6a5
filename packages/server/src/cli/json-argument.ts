import { parseJson } from "@flawless-ts/wasm-module";
import { CliError } from "@flawless-ts/http-service/program";

/** A part of ECMAScript that TypeScript's library doesn't have yet: raw JSON. */
interface JsonWithSource {
  rawJSON(text: string): unknown;
}
const json = JSON as unknown as JsonWithSource;

/**
 * Parses JSON from the command line. Integers beyond 2^53 become `bigint`s, which the client sends unchanged.
 *
 * @throws CliError
 */
export function parseJsonArgument(name: string, text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new CliError(
      `${name} has to be JSON, such as '{"id":1}' or '"text"', but it is ${JSON.stringify(text.slice(0, 100))}.`,
      { exitCode: 2, cause },
    );
  }
}

/** Writes JSON text with `bigint`s as exact integers. */
export function toJsonText(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, part) => (typeof part === "bigint" ? json.rawJSON(String(part)) : part),
    indent,
  );
}
