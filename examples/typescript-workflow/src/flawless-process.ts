import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** What `npx flawless` runs. */
const command = fileURLToPath(
  new URL("../bin/flawless.js", import.meta.resolve("@flawless-ts/server")),
);

/** Runs `flawless` with these parameters to its end, and gives what it printed. */
export async function runFlawless(...parameters: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...parameters]);
  return stdout.trim();
}

/** `flawless up` in a process of its own, to be killed and started again. */
export class ServerProcess implements AsyncDisposable {
  readonly #directory: string;
  #child: ChildProcess | undefined;
  #address = "127.0.0.1:0";

  /** @param directory where the server keeps its journal */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @returns the server's URL; the same after each start */
  async start(): Promise<string> {
    const parameters = ["--working-dir", this.#directory, "--bind", this.#address, "--json"];
    const child = spawn(process.execPath, [command, "up", ...parameters, "--log-level", "error"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#child = child;
    // The first line tells that the server is ready, and where.
    const [line] = (await Promise.race([
      once(createInterface({ input: child.stdout }), "line"),
      once(child, "exit").then(([code]) => {
        throw new Error(`the server ended with exit code ${code} before it was ready`);
      }),
    ])) as [string];
    const { url } = JSON.parse(line) as { readonly url: string };
    this.#address = new URL(url).host;
    return url;
  }

  /** Ends the process at once, as a crash or the operating system would. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end("SIGTERM");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }
}
