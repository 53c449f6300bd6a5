import { Command, CommanderError, Help, type Option } from "commander";
import { CliError, messageOf } from "./cli-error.ts";
import { type Console, processConsole } from "./console.ts";
import { printable } from "./table.ts";

const usageError = 2;

/** A command-line program. */
export interface ProgramDescription {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  /** Each adds a command. */
  readonly commands: readonly ((program: Command, console: Console) => void)[];
  /** What an error means to somebody at the command line, where its own message speaks to programs. */
  readonly explain?: (error: unknown) => string | undefined;
}

/**
 * Runs one command.
 *
 * @param args the arguments, without node and the script
 * @returns the exit code: 0 on success, 1 on failure, 2 on wrong usage
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
      // Commander has already printed the message.
      return error.exitCode === 0 ? 0 : usageError;
    }
    const explanation = description.explain?.(error);
    warnOf(
      explanation === undefined ? error : new CliError(explanation, { cause: error }),
      console,
    );
    return error instanceof CliError ? error.exitCode : 1;
  }
}

/** Prints an error on one line, followed by the details of a {@link CliError}. */
export function warnOf(error: unknown, console: Console): void {
  console.warn(`error: ${printable(messageOf(error))}`);
  if (!(error instanceof CliError)) return;
  for (const line of error.details) console.warn(printable(line));
}

/** Runs the command of this process, and sets the process's exit code. */
export async function runProcess(
  runCommand: (args: readonly string[], console: Console) => Promise<number>,
): Promise<void> {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // The reader of the output, such as `head`, has seen enough.
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
    // A command may have its own `--version`.
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ optionDescription: describeOption })
    .configureOutput({
      writeOut: (text) => console.print(text.trimEnd()),
      writeErr: (text) => console.warn(text.trimEnd()),
    });
  for (const add of commands) {
    add(program, console);
  }
  return program;
}

/** An option that can be repeated has an empty list as its default, which tells a reader nothing. */
function describeOption(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: \[\]\)$/, "");
}
