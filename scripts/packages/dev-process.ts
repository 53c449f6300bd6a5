import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { environmentOf, type RunOptions } from "./run.ts";

/** The max time, in milliseconds, until something must have been printed. */
const longest = 60_000;

/** `npm run dev` in a project. */
export class DevProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  #printed = "";

  private constructor(options: RunOptions) {
    this.#child = spawn("npm", ["run", "--silent", "dev", "--", "--bind", "127.0.0.1:0"], {
      cwd: options.cwd,
      env: environmentOf(options),
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#printed += text;
        this.#child.emit("printed");
      });
    }
  }

  /** Resolves once it has built and deployed, and its worker runs. */
  static async start(options: RunOptions): Promise<DevProcess> {
    const dev = new DevProcess(options);
    await dev.untilPrinted("deployed orders:1.0.0");
    await dev.untilPrinted("runs charge from the queue orders");
    return dev;
  }

  get url(): string {
    return / is ready on (\S+)/.exec(this.#printed)?.[1] ?? "";
  }

  /** @throws Error if it isn't printed within a minute */
  async untilPrinted(text: string): Promise<void> {
    const signal = AbortSignal.timeout(longest);
    try {
      while (!this.#printed.includes(text)) await once(this.#child, "printed", { signal });
    } catch (cause) {
      throw new Error(`npm run dev did not print ${JSON.stringify(text)}:\n${this.#printed}`, {
        cause,
      });
    }
  }

  /** Like Ctrl-C in a terminal, but only for npm. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, "close");
    this.#child.kill("SIGTERM");
    await ended;
  }
}
