import { Command, CommanderError } from "commander";
import { CliError, messageOf } from "./cli-error.ts";
import { type Console, processConsole } from "./console.ts";
import { printable } from "./table.ts";

const usageError = 2;

/** What a command line offers. */
export interface ProgramDescription {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  /** Each adds a command. */
  readonly commands: readonly ((program: Command, console: Console) => void)[];
}

/**
 * Runs one command.
 *
 * @param args without the names of node and the script
 * @returns the exit code: 0, 1 for what went wrong, 2 for a wrong use of the command
 */
export async function runProgram(
  description: ProgramDescription,
  args: readonly string[],
  console: Console,
): Promise<number> {
  const program = createProgram(description, console);
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has written what there is to say.
      return error.exitCode === 0 ? 0 : usageError;
    }
    warnOf(error, console);
    return error instanceof CliError ? error.exitCode : 1;
  }
}

/** Tells what went wrong on one line, with the details of a {@link CliError} below it. */
export function warnOf(error: unknown, console: Console): void {
  console.warn(`error: ${printable(messageOf(error))}`);
  if (!(error instanceof CliError)) return;
  for (const line of error.details) console.warn(printable(line));
}

/** Runs the command that this process was started for, and sets the process's exit code. */
export async function runProcess(
  runCommand: (args: readonly string[], console: Console) => Promise<number>,
): Promise<void> {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // Whoever read the output has seen enough, such as `head`.
    process.exit(error.code === "EPIPE" ? 0 : 1);
  });
  process.exitCode = await runCommand(process.argv.slice(2), processConsole);
}

function createProgram(
  { name, description, version, commands }: ProgramDescription,
  console: Console,
): Command {
  const program = new Command(name)
    .description(description)
    .version(version)
    // A command may have a `--version` of its own.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => console.print(text.trimEnd()),
      writeErr: (text) => console.warn(text.trimEnd()),
    });
  for (const add of commands) {
    add(program, console);
  }
  return program;
}
