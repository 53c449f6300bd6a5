import { type Console, runProgram } from "@flawless-ts/http-service";
import { controlPlaneVersion } from "../version.ts";
import { addUp } from "./commands/up.ts";
import { addWorker } from "./commands/worker.ts";

/**
 * Runs one command.
 *
 * @param args without the names of node and the script
 * @returns the exit code: 0, 1 for what went wrong, 2 for a wrong use of the command
 */
export function runCommand(args: readonly string[], console: Console): Promise<number> {
  return runProgram(
    {
      name: "control-plane",
      description: "Hands out jobs to workers that run them as Flawless workflows.",
      version: controlPlaneVersion,
      commands: [addUp, addWorker],
    },
    args,
    console,
  );
}
