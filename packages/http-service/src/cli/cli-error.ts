/** Ends the command with one line on stderr, and the details below it. */
export class CliError extends Error {
  override readonly name: string = "CliError";
  /** 1 for what went wrong, 2 for a wrong use of the command. */
  readonly exitCode: 1 | 2;

  /** Further lines, as they are. */
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

/** The message of whatever was thrown, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().replaceAll(/\s*\n\s*/g, " ");
}
