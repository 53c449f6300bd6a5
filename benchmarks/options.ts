import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** The options on the command line. */
export interface Options {
  /** `full` measures everything and writes the document; `quick` only prints; `profile` shows where time is spent. */
  readonly mode: "full" | "quick" | "profile";
  /** Servers get new directories in this one. Its file system determines the speed of the journal's fsync. */
  readonly directory: string;
  /** The script of the `flawless` command. */
  readonly serverScript: string;
}

export const usage: string = `Usage: npm run bench -- [--quick | --profile] [--dir DIRECTORY] [--server SCRIPT]

  --quick     about ten seconds, rougher figures, docs/benchmarks-engine.md stays as it is
  --profile   where the server's time goes, for do-nothing workflows at 64 callers
  --dir       where servers keep their journals (default: the system's temporary directory)
  --server    the script of the command flawless (default: the workspace's own)`;

/** @throws Error if an option is unknown or contradicts another one */
export function parseOptions(commandLine: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...commandLine],
    options: {
      quick: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
      dir: { type: "string", default: tmpdir() },
      server: { type: "string", default: workspaceScript },
    },
  });
  if (values.quick && values.profile) {
    throw new Error("--quick and --profile are different runs: give one of them");
  }
  return {
    mode: values.quick ? "quick" : values.profile ? "profile" : "full",
    directory: values.dir,
    serverScript: values.server,
  };
}

const workspaceScript = fileURLToPath(
  new URL("../packages/server/bin/flawless.js", import.meta.url),
);
