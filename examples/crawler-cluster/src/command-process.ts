import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** The command to run. */
export interface Command {
  /** Its name for people. */
  readonly name: string;
  /** The path of a Node program. */
  readonly script: string;
  readonly args: readonly string[];
  /** Added to the environment variables of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A command in its own process, which can be killed. */
export class CommandProcess implements AsyncDisposable {
  /** The first line that it printed, which means that it is ready. */
  readonly firstLine: string;
  readonly #child: ChildProcess;

  /** @throws Error if the command ends before it is ready */
  static async start({ name, script, args, env }: Command): Promise<CommandProcess> {
    // With its parent, because it would outlive this process if that is killed.
    const child = spawn(process.execPath, [script, ...args, "--with-parent"], {
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const [line] = (await Promise.race([
      once(createInterface({ input: child.stdout }), "line"),
      once(child, "exit").then(([code]) => {
        throw new Error(`${name} ended with exit code ${code} before it was ready`);
      }),
    ])) as [string];
    return new CommandProcess(child, line);
  }

  private constructor(child: ChildProcess, firstLine: string) {
    this.#child = child;
    this.firstLine = firstLine;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Kills the process immediately, like a crash or the operating system. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end("SIGTERM");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, "exit");
      this.#child.kill(signal);
      await exited;
    }
  }
}
