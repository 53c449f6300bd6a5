import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "undici";
import { hasEnded, stopChild } from "../control-plane/child.ts";
import { cleanUpAtExit } from "../server/cleanup.ts";

const readyWithinMs = 60_000;
const stopWithinMs = 30_000;
/** The polling interval until the server is ready, and about the precision of the time to ready. */
const askEveryMs = 2;
const shownOutput = 2_000;

/** How to start a process. */
export interface ProcessOptions {
  readonly program: string;
  readonly parameters: readonly string[];
  /** Added to this process's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory: string;
  /** The file for the process's output. It should end in `.log`, so that it doesn't count as disk space. */
  readonly logFile: string;
}

/** A process of an engine. It ends no later than this one. */
export class EngineProcess implements AsyncDisposable {
  readonly pid: number;
  readonly startedAt: number;
  readonly #child: ChildProcess;
  readonly #logFile: string;

  constructor({ program, parameters, environment, directory, logFile }: ProcessOptions) {
    const log = openSync(logFile, "a");
    this.startedAt = performance.now();
    this.#child = spawn(program, parameters, {
      cwd: directory,
      env: { ...process.env, NODE_ENV: "production", ...environment },
      stdio: ["ignore", log, log, "ipc"],
    });
    closeSync(log);
    this.#logFile = logFile;
    this.pid = this.#child.pid ?? 0;
    // An "error" event without a listener would end this process; whatever waits for the child learns of its end
    // anyway.
    this.#child.on("error", () => undefined);
    this.#child.once(
      "exit",
      cleanUpAtExit(() => this.#child.kill("SIGKILL")),
    );
  }

  /**
   * Waits for the first message that the process sends to this one.
   * @throws Error if none arrives in time, or the process ends
   */
  async firstMessage(): Promise<unknown> {
    const waiting = new AbortController();
    const { signal } = waiting;
    const message = once(this.#child, "message", { signal });
    const ended = once(this.#child, "exit", { signal }).then(() => this.#fail("ended too early"));
    const late = sleep(readyWithinMs, undefined, { signal }).then(() =>
      this.#fail(`said nothing for ${readyWithinMs} ms`),
    );
    try {
      const [content] = (await Promise.race([message, ended, late])) as readonly unknown[];
      return content;
    } finally {
      waiting.abort();
      for (const promise of [message, ended, late]) {
        promise.catch(() => undefined);
      }
    }
  }

  /**
   * Polls until the result is true.
   * @throws Error with the end of the output, if the process ends or it takes too long
   */
  async untilReady(isReady: () => Promise<boolean>): Promise<void> {
    const deadline = this.startedAt + readyWithinMs;
    while (!(await isReady())) {
      if (hasEnded(this.#child) || this.pid === 0) {
        this.#fail("ended too early");
      }
      if (performance.now() > deadline) {
        this.#fail(`was not ready within ${readyWithinMs} ms`);
      }
      await sleep(askEveryMs);
    }
  }

  /** Waits until each URL answers a GET with 200. */
  async untilHealthy(
    addresses: readonly { readonly origin: string; readonly path: string }[],
  ): Promise<void> {
    for (const { origin, path } of addresses) {
      const client = new Client(origin);
      try {
        await this.untilReady(async () => {
          try {
            const { statusCode, body } = await client.request({ method: "GET", path });
            await body.dump();
            return statusCode === 200;
          } catch {
            return false;
          }
        });
      } finally {
        await client.destroy();
      }
    }
  }

  /** @throws Error if it had to be killed */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    await stopChild(this.#child, signal, stopWithinMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!hasEnded(this.#child) && this.pid !== 0) {
      const ended = once(this.#child, "exit");
      this.#child.kill("SIGKILL");
      await ended;
    }
  }

  #fail(what: string): never {
    const output = readFileSync(this.#logFile, "utf8").slice(-shownOutput);
    throw new Error(`${this.#child.spawnfile} ${what}. Its output: ${output}`);
  }
}
