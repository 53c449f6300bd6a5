import { tmpdir } from "node:os";
import { parseArgs } from "node:util";

/** The options of a benchmark that writes to a disk. */
export interface QuickOptions {
  /** Measures less of everything, and leaves the document as it is. */
  readonly quick: boolean;
  /** The directory for files of what is measured. Default: the system's temporary directory. */
  readonly directory: string;
}

/** @throws TypeError if an option is unknown */
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
