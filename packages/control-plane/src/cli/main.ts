import { runProcess } from "@flawless-ts/http-service";
import { runCommand } from "./program.ts";

/** The command `control-plane`. `bin/control-plane.js` calls it if Node is new enough. */
export async function main(): Promise<void> {
  await runProcess(runCommand);
}
