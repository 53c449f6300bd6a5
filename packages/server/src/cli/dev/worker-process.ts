import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** Runs `flawless worker --watch` in its own process, with the same standard output and error. */
export class WorkerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  /** Resolves when it has ended, by itself or because it was stopped. */
  readonly ended: Promise<void>;

  /**
   * @param file the activities; a relative path starts at the current directory
   * @param more options
   */
  constructor(file: string, queue: string, url: string, more: readonly string[]) {
    const [, script = ""] = process.argv;
    const options = ["--queue", queue, "--url", url, "--watch", "--with-parent", ...more];
    const command = [script, "worker", file, ...options];
    this.#child = spawn(process.execPath, [...process.execArgv, ...command], {
      // Ctrl-C reaches both processes; this one is stopped in order, and only once.
      detached: true,
      // Its input ends when this process ends, for whatever reason.
      stdio: ["pipe", "inherit", "inherit"],
    });
    this.ended = once(this.#child, "exit").then(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.ended;
  }
}
