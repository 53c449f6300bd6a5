import { runProcess } from "@flawless-ts/http-service/program";
import { runCommand } from "./program.ts";

/** The command `flawless`: `bin/flawless.js` calls it on a Node that is new enough. */
export async function main(): Promise<void> {
  await runProcess(runCommand);
}
