import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** `flawless up` in its own process, which can be killed and restarted. */
export class ServerProcess implements AsyncDisposable {
  readonly #directory: string;
  readonly #secrets: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #url: string | undefined;

  /**
   * @param directory where the server stores its journal
   * @param secrets what workflows may read by name
   */
  constructor(directory: string, secrets: Readonly<Record<string, string>>) {
    this.#directory = directory;
    this.#secrets = secrets;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** @returns the server's URL; the same after each restart */
  async start(): Promise<string> {
    const command = fileURLToPath(
      new URL("../bin/flawless.js", import.meta.resolve("@flawless-ts/server")),
    );
    const bind = this.#url === undefined ? "127.0.0.1:0" : new URL(this.#url).host;
    const secrets = Object.entries(this.#secrets).map(([name, value]) => [
      `FLAWLESS_SECRET_${name}`,
      value,
    ]);
    const child = spawn(
      process.execPath,
      [
        command,
        "up",
        "--working-dir",
        this.#directory,
        "--bind",
        bind,
        "--log-level",
        "error",
        "--json",
        // Otherwise it would outlive this process if that is killed.
        "--with-parent",
      ],
      {
        env: { ...process.env, ...Object.fromEntries(secrets) },
        stdio: ["pipe", "pipe", "inherit"],
      },
    );
    this.#child = child;
    // The first line says that the server is ready, and at which URL.
    const lines = createInterface({ input: child.stdout });
    const [line] = (await Promise.race([
      once(lines, "line"),
      once(child, "exit").then(([code]) => {
        throw new Error(`the server ended with exit code ${code} before it was ready`);
      }),
    ])) as [string];
    const ready = JSON.parse(line) as { readonly url: string };
    this.#url = ready.url;
    return ready.url;
  }

  /** Kills the process immediately, like a crash or the operating system. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end("SIGTERM");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill(signal);
      await exited;
    }
  }
}
