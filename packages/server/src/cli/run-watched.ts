import { spawn } from "node:child_process";
import { once } from "node:events";
import { CliError, StopSignals, type StopSignalsOptions } from "@flawless-ts/http-service/program";

/**
 * Runs this command in another process, which Node restarts whenever a loaded file changes. Before a restart it is stopped in
 * order, as this process would be.
 *
 * @param args the arguments, without node and the script
 * @param stop what stops it, besides signals
 * @throws CliError if the process can't be started, or ends by itself
 */
export async function runWatched(
  args: readonly string[],
  stop: StopSignalsOptions = {},
): Promise<void> {
  const [, script = ""] = process.argv;
  const watching = ["--watch", "--watch-preserve-output", script, ...args];
  using signals = new StopSignals(stop);
  const child = spawn(process.execPath, [...process.execArgv, ...watching], { stdio: "inherit" });
  const ended = once(child, "exit").then(([code, signal]) => ({ code, signal }));
  const first = await Promise.race([signals.first, ended]);
  if (typeof first !== "string") {
    throw new CliError(`the watched process ended with ${String(first.signal ?? first.code)}`);
  }
  child.kill(first);
  await ended;
}
