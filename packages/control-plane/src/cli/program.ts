import { type Console, runProgram } from "@flawless-ts/http-service";
import { controlPlaneVersion } from "../version.ts";
import { addUp } from "./commands/up.ts";
import { addWorker } from "./commands/worker.ts";

/**
 * Runs one command.
 *
 * @param args the arguments, without node and the script
 * @returns the exit code: 0 on success, 1 on failure, 2 on wrong usage
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
