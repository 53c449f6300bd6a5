import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** Runs `flawless worker --watch` in a process of its own; what it says goes where this process's words go. */
export class WorkerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  /** Resolves when it has ended, by itself or because it was told to. */
  readonly ended: Promise<void>;

  /**
   * @param file the activities; a relative path is from the current directory
   * @param more options
   */
  constructor(file: string, queue: string, url: string, more: readonly string[]) {
    const [, script = ""] = process.argv;
    const options = ["--queue", queue, "--url", url, "--watch", "--with-parent", ...more];
    const command = [script, "worker", file, ...options];
    this.#child = spawn(process.execPath, [...process.execArgv, ...command], {
      // Ctrl-C reaches both processes; this one is told to stop in order, and only once.
      detached: true,
      // Its input ends with this process, however that ends.
      stdio: ["pipe", "inherit", "inherit"],
    });
    this.ended = once(this.#child, "exit").then(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.ended;
  }
}
