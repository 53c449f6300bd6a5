import { Command, CommanderError } from "commander";
import { serverVersion } from "../api/version.ts";
import { CliError, messageOf } from "./cli-error.ts";
import { addCancel } from "./commands/cancel.ts";
import { addDeploy } from "./commands/deploy.ts";
import { addList } from "./commands/list.ts";
import { addRun } from "./commands/run.ts";
import { addSend } from "./commands/send.ts";
import { addShow } from "./commands/show.ts";
import { addUp } from "./commands/up.ts";
import type { Console } from "./console.ts";
import { printable } from "./table.ts";

const usageError = 2;

/**
 * Runs one command.
 *
 * @param args without the names of node and the script
 * @returns the exit code: 0, 1 for what went wrong, 2 for a wrong use of the command
 */
export async function runCommand(args: readonly string[], console: Console): Promise<number> {
  const program = createProgram(console);
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has written what there is to say.
      return error.exitCode === 0 ? 0 : usageError;
    }
    console.warn(`error: ${printable(messageOf(error))}`);
    return error instanceof CliError ? error.exitCode : 1;
  }
}

function createProgram(console: Console): Command {
  const program = new Command("flawless")
    .description("Runs durable WebAssembly workflows, and talks to a server that does.")
    .version(serverVersion)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => console.print(text.trimEnd()),
      writeErr: (text) => console.warn(text.trimEnd()),
    });
  for (const add of [addUp, addDeploy, addRun, addList, addShow, addSend, addCancel]) {
    add(program, console);
  }
  return program;
}
