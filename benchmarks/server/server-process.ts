import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "undici";
import { cleanUpAtExit } from "./cleanup.ts";
import { findFreePort } from "./free-port.ts";

const readyWithinMs = 10_000;
const stopWithinMs = 9_000;
/** The polling interval until the server is ready, and about the precision of the time to ready. */
const askEveryMs = 2;

/** How to start a server. */
export interface ServerOptions {
  /** The script of the `flawless` command. */
  readonly script: string;
  /** Its working directory. */
  readonly directory: string;
  /** Additional options of Node. Default: none. */
  readonly nodeOptions?: readonly string[];
  /** Additional options of `flawless up`. Default: none. */
  readonly parameters?: readonly string[];
}

/** A Flawless server in its own process, on a loopback port. It ends with this process at the latest. */
export class ServerProcess implements AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Milliseconds from the process's start to the first response of `GET /health`. */
  readonly readyMs: number;
  readonly #child: ChildProcess;

  /** @throws Error with the end of the server's output, if it is not ready in time */
  static async start(options: ServerOptions): Promise<ServerProcess> {
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}`;
    const logFile = join(options.directory, "output.log");
    const log = openSync(logFile, "a");
    const bind = ["--bind", `127.0.0.1:${port}`];
    const parameters = options.parameters ?? [];
    const command = ["up", "--working-dir", options.directory, ...bind, ...parameters];
    const startedAt = performance.now();
    const child = spawn(
      process.execPath,
      [...(options.nodeOptions ?? []), options.script, ...command],
      { stdio: ["ignore", log, log] },
    );
    closeSync(log);
    child.once(
      "exit",
      cleanUpAtExit(() => child.kill("SIGKILL")),
    );
    try {
      await untilReady(url, child, startedAt + readyWithinMs);
      return new ServerProcess(child, url, performance.now() - startedAt);
    } catch (error) {
      child.kill("SIGKILL");
      const output = readFileSync(logFile, "utf8").slice(-2_000);
      throw new Error(`${(error as Error).message}. Its output: ${output}`, { cause: error });
    }
  }

  private constructor(child: ChildProcess, url: string, readyMs: number) {
    this.#child = child;
    this.url = url;
    this.pid = child.pid ?? 0;
    this.readyMs = readyMs;
  }

  /** Ends it like a crash. */
  async kill(): Promise<void> {
    if (hasEnded(this.#child)) {
      return;
    }
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  /**
   * Shuts it down properly.
   * @throws Error if it had to be killed, or ended with an exit code other than 0
   */
  async stop(): Promise<void> {
    if (hasEnded(this.#child)) {
      return;
    }
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const waiting = new AbortController();
    const timeUp = sleep(stopWithinMs, undefined, { signal: waiting.signal }).catch(
      () => undefined,
    );
    await Promise.race([ended, timeUp]);
    waiting.abort();
    if (!hasEnded(this.#child)) {
      this.#child.kill("SIGKILL");
      await ended;
      throw new Error(`the server did not end within ${stopWithinMs} ms of SIGTERM`);
    }
    if (this.#child.exitCode !== 0) {
      throw new Error(`the server ended with exit code ${this.#child.exitCode} after SIGTERM`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

async function untilReady(url: string, child: ChildProcess, deadline: number): Promise<void> {
  const failed = new Promise<never>((_resolve, reject) => child.once("error", reject));
  failed.catch(() => undefined);
  const client = new Client(url);
  try {
    while (performance.now() < deadline) {
      if (hasEnded(child)) {
        throw new Error(`the server ended with exit code ${child.exitCode} before it was ready`);
      }
      if (await Promise.race([answers(client), failed])) {
        return;
      }
      await sleep(askEveryMs);
    }
    throw new Error(`the server was not ready within ${readyWithinMs} ms`);
  } finally {
    await client.destroy();
  }
}

async function answers(client: Client): Promise<boolean> {
  try {
    const { statusCode, body } = await client.request({ method: "GET", path: "/health" });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
