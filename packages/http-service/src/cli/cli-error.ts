/** Ends the command with one line on stderr, followed by the details. */
export class CliError extends Error {
  override readonly name: string = "CliError";
  /** 1 if the command failed, 2 if it was used wrongly. */
  readonly exitCode: 1 | 2;

  /** More lines, printed as they are. */
  readonly details: readonly string[];

  constructor(
    message: string,
    options: {
      readonly exitCode?: 1 | 2;
      readonly cause?: unknown;
      readonly details?: readonly string[];
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
    this.details = options.details ?? [];
  }
}

/** The message of any thrown value, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().replaceAll(/\s*\n\s*/g, " ");
}
