import { runProcess } from "@flawless-ts/http-service/program";
import { runCommand } from "./program.ts";

/** The command `flawless`. `bin/flawless.js` calls it if Node is new enough. */
export async function main(): Promise<void> {
  await runProcess(runCommand);
}
