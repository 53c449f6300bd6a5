/** Where a command prints to: the process, or a test. */
export interface Console {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes a line to stdout. */
  print(line: string): void;
  /** Writes a line to stderr. */
  warn(line: string): void;
}

/** The console of this process. */
export const processConsole: Console = {
  env: process.env,
  print: (line) => void process.stdout.write(`${line}\n`),
  warn: (line) => void process.stderr.write(`${line}\n`),
};
