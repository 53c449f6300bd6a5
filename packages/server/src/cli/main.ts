import { processConsole } from "./console.ts";
import { runCommand } from "./program.ts";

/** The command `flawless`: `bin/flawless.js` calls it on a Node that is new enough. */
export async function main(): Promise<void> {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // Whoever read the output has seen enough, such as `head`.
    process.exit(error.code === "EPIPE" ? 0 : 1);
  });
  process.exitCode = await runCommand(process.argv.slice(2), processConsole);
}
