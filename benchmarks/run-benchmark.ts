/** How to start a benchmark from the command line. */
export interface Benchmark<Options> {
  /** Printed if the options are wrong. */
  readonly usage: string;
  /** @throws Error if an option is unknown, contradicts another one, or is out of range */
  readonly parseOptions: (commandLine: readonly string[]) => Options;
  readonly main: (options: Options) => Promise<void>;
}

/**
 * Otherwise, a process that is ended by a signal runs no exit handlers, and would leave servers and directories behind.
 */
export function exitOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => process.exit(1));
  }
}

/** Runs a benchmark as a program: exit code 2 for wrong options, 1 if it failed. */
export async function runBenchmark<Options>(benchmark: Benchmark<Options>): Promise<void> {
  exitOnSignals();
  let options: Options;
  try {
    options = benchmark.parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${benchmark.usage}`);
    process.exit(2);
  }
  try {
    await benchmark.main(options);
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
}
