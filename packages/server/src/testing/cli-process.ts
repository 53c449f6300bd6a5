import { fileURLToPath } from "node:url";
import {
  CliProcess as AnyCliProcess,
  type CliProcessOptions as AnyCliProcessOptions,
} from "@flawless-ts/test-helpers";

const command = fileURLToPath(new URL("../../bin/flawless.js", import.meta.url));

/** Options of {@link CliProcess}. */
export interface CliProcessOptions extends AnyCliProcessOptions {
  /** The script to run. Default: the package's own. */
  readonly script?: string;
}

/** `flawless` in its own process. */
export class CliProcess extends AnyCliProcess {
  constructor(args: readonly string[], options: CliProcessOptions = {}) {
    super(options.script ?? command, args, options);
  }
}
