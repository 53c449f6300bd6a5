import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { environmentOf, type RunOptions } from "../packages/run.ts";
import { isPrinted } from "./page-steps.ts";

/** The max time, in milliseconds, until a program must have printed what the page shows. */
const longest = 60_000;

/** A terminal in which a program runs until somebody presses Ctrl-C. */
export class Terminal implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #command: string;
  #printed = "";

  constructor(command: string, options: RunOptions) {
    this.#command = command;
    // A separate process group: Ctrl-C reaches all processes of a terminal.
    this.#child = spawn("sh", ["-c", command], {
      cwd: options.cwd,
      env: environmentOf(options),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#printed += text;
        this.#child.emit("printed");
      });
    }
  }

  /** @throws Error if a line isn't printed within a minute */
  async untilPrinted(lines: readonly string[]): Promise<void> {
    const signal = AbortSignal.timeout(longest);
    const missing = (): readonly string[] =>
      lines.filter((line) => !isPrinted(line, this.#printed));
    try {
      while (missing().length > 0) await once(this.#child, "printed", { signal });
    } catch (cause) {
      throw new Error(
        `\`${this.#command}\` did not print ${JSON.stringify(missing())}:\n${this.#printed}`,
        { cause },
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid, exitCode } = this.#child;
    if (pid === undefined || exitCode !== null) return;
    const ended = once(this.#child, "close");
    process.kill(-pid, "SIGINT");
    await ended;
  }
}
