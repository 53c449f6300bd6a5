import { CliError } from "@flawless-ts/http-service/program";

const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 24 * 3_600_000,
};

/**
 * The milliseconds of a text such as `90s`, `45m`, `12h` or `30d`.
 *
 * @param option its name, for the message
 * @throws CliError for any other text
 */
export function parseDuration(text: string, option: string): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const milliseconds = Number(count) * (unitMs[unit ?? ""] ?? Number.NaN);
  if (!(milliseconds > 0)) {
    throw new CliError(
      `${option} takes a duration such as 90s, 45m, 12h or 30d, but got ${JSON.stringify(text.slice(0, 50))}`,
      { exitCode: 2 },
    );
  }
  return milliseconds;
}
