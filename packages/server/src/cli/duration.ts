import { CliError } from "@flawless-ts/http-service/program";
import type { DurationLike } from "@flawless-ts/wasm-module";
import { parseDuration } from "@flawless-ts/wasm-module/internal";

/**
 * Parses a duration such as `90s`, `12h` or `"30 days"` into milliseconds.
 *
 * @param option its name, for the message
 * @throws CliError for any other text, and for 0
 */
export function readDuration(text: string, option: string): number {
  const milliseconds = millisecondsOf(text);
  if (milliseconds > 0) return milliseconds;
  throw new CliError(
    `${option} takes a duration such as 90s, 45m, 12h or 30d, but got ${JSON.stringify(text.slice(0, 50))}`,
    { exitCode: 2 },
  );
}

function millisecondsOf(text: string): number {
  try {
    return parseDuration(text as DurationLike);
  } catch {
    return Number.NaN;
  }
}
