import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** The options on the command line. */
export interface LimitOptions {
  /** Measures less of everything, and leaves the document as it is. */
  readonly quick: boolean;
  /** Everything that is measured gets a new directory in this one. */
  readonly directory: string;
  /** The script of the `flawless` command. */
  readonly serverScript: string;
  /** The same for an older build, which is measured in the same rounds. Default: none. */
  readonly before: string | undefined;
  /** Whether to take profiles. */
  readonly profiles: boolean;
}

export const usage: string = `Usage: npm run bench:limit -- [--quick] [--dir DIRECTORY] [--server SCRIPT] [--before SCRIPT] [--no-profiles]

  --quick        some twenty seconds, rougher figures, docs/benchmarks-limit.md stays as it is
  --dir          where servers keep their journals (default: the system's temporary directory)
  --server       the script of the command flawless (default: the workspace's own)
  --before       that of an older build, to be measured in the same rounds (default: none)
  --no-profiles  figures only; the document stays as it is`;

const workspaceScript = fileURLToPath(
  new URL("../../packages/server/bin/flawless.js", import.meta.url),
);

/** @throws TypeError if an option is unknown */
export function parseLimitOptions(commandLine: readonly string[]): LimitOptions {
  const { values } = parseArgs({
    args: [...commandLine],
    allowNegative: true,
    options: {
      quick: { type: "boolean", default: false },
      dir: { type: "string", default: tmpdir() },
      server: { type: "string", default: workspaceScript },
      before: { type: "string" },
      profiles: { type: "boolean", default: true },
    },
  });
  return {
    quick: values.quick,
    directory: values.dir,
    serverScript: values.server,
    before: values.before,
    profiles: values.profiles,
  };
}
