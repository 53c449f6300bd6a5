import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The command `flawless`. */
const command = fileURLToPath(
  new URL("../bin/flawless.js", import.meta.resolve("@flawless-ts/server")),
);

/** Runs `flawless` with these arguments until it ends, and returns what it printed. */
export async function runFlawless(...parameters: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...parameters]);
  return stdout.trim();
}

/** A command of `flawless` in its own process. */
class FlawlessProcess implements AsyncDisposable {
  #child: ChildProcess | undefined;

  /** @returns the first line that it printed */
  protected async run(...parameters: readonly string[]): Promise<string> {
    // With its parent, because it would outlive this process if that is killed.
    const more = ["--log-level", "error", "--with-parent"];
    const child = spawn(process.execPath, [command, ...parameters, ...more], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child = child;
    const [line] = (await Promise.race([
      once(createInterface({ input: child.stdout }), "line"),
      once(child, "exit").then(([code]) => {
        throw new Error(`flawless ${parameters[0]} ended with ${code} before it was ready`);
      }),
    ])) as [string];
    return line;
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
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }
}

/** `flawless up`, which can be killed and restarted. */
export class ServerProcess extends FlawlessProcess {
  readonly #directory: string;
  #address = "127.0.0.1:0";

  /** @param directory where the server stores its journal */
  constructor(directory: string) {
    super();
    this.#directory = directory;
  }

  /** @returns the server's URL; the same after each restart */
  async start(): Promise<string> {
    const parameters = ["--working-dir", this.#directory, "--bind", this.#address, "--json"];
    // Makes sure that a killed worker's tasks are soon given to another one; the default is 30 seconds.
    const line = await this.run("up", ...parameters, "--limit", "activityLeaseMs=2000");
    const { url } = JSON.parse(line) as { readonly url: string };
    this.#address = new URL(url).host;
    return url;
  }
}

/** `flawless worker` for the queue `orders`. */
export class WorkerProcess extends FlawlessProcess {
  async start(url: string): Promise<void> {
    const file = fileURLToPath(new URL("activities.ts", import.meta.url));
    await this.run("worker", file, "--queue", "orders", "--url", url);
  }
}
