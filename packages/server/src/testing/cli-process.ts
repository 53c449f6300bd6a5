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

/** Options to run the command from its current sources, not from the build. */
export const fromSource: Required<Pick<CliProcessOptions, "script" | "nodeOptions">> = {
  script: fileURLToPath(new URL("cli-from-source.ts", import.meta.url)),
  nodeOptions: ["--conditions=@flawless-ts/source"],
};
