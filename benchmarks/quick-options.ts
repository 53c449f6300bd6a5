import { tmpdir } from "node:os";
import { parseArgs } from "node:util";

/** Options of a benchmark that writes to a disk. */
export interface QuickOptions {
  /** Less of everything; its document stays as it is. */
  readonly quick: boolean;
  /** Where what is measured keeps its files. Default: the system's temporary directory. */
  readonly directory: string;
}

/** @throws TypeError where an option is unknown */
export function parseQuickOptions(commandLine: readonly string[]): QuickOptions {
  const { values } = parseArgs({
    args: [...commandLine],
    options: {
      quick: { type: "boolean", default: false },
      dir: { type: "string", default: tmpdir() },
    },
  });
  return { quick: values.quick, directory: values.dir };
}
