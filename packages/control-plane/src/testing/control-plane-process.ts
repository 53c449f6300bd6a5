import { fileURLToPath } from "node:url";
import { CliProcess, type CliProcessOptions } from "@flawless-ts/test-helpers";

const script = fileURLToPath(new URL("../../bin/control-plane.js", import.meta.url));

/** The built `control-plane` in its own process. */
export class ControlPlaneProcess extends CliProcess {
  constructor(args: readonly string[], options: CliProcessOptions = {}) {
    super(script, args, options);
  }

  /** Starts `control-plane up` on a free port, without Flawless. */
  static up(
    directory: string,
    args: readonly string[] = [],
    options: CliProcessOptions = {},
  ): ControlPlaneProcess {
    const base = ["up", "--data-dir", directory, "--bind", "127.0.0.1:0", "--no-flawless"];
    return new ControlPlaneProcess([...base, ...args], options);
  }

  /** Its URL, once it is ready. */
  async url(): Promise<string> {
    return / is ready on (\S+)/.exec(await this.firstLine)?.[1] ?? "";
  }
}
