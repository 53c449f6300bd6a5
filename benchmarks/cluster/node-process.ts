import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { cleanUpAtExit } from "../server/cleanup.ts";

const script = fileURLToPath(new URL("../../packages/server/bin/flawless.js", import.meta.url));

/** A node of a cluster, in its own process. */
export class NodeProcess {
  readonly id: string;
  readonly url: string;
  /** Milliseconds from the process's start until it reported that it was ready. */
  readonly readyMs: number;
  readonly #child: ChildProcess;

  /** @throws Error if it doesn't become ready */
  static async start(
    id: string,
    journal: string,
    lease: string,
    options: readonly string[] = [],
  ): Promise<NodeProcess> {
    const startedAt = performance.now();
    const child = spawn(
      process.execPath,
      [
        script,
        "up",
        "--journal",
        journal,
        "--node-id",
        id,
        "--lease",
        lease,
        "--bind",
        "127.0.0.1:0",
        ...options,
      ],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    child.once(
      "exit",
      cleanUpAtExit(() => child.kill("SIGKILL")),
    );
    for await (const line of createInterface(child.stdout)) {
      const url = /ready on (\S+)/.exec(line)?.[1];
      if (url !== undefined) {
        child.stdout.resume();
        return new NodeProcess(id, url, child, performance.now() - startedAt);
      }
    }
    throw new Error(`node ${id} did not start`);
  }

  private constructor(id: string, url: string, child: ChildProcess, readyMs: number) {
    this.readyMs = readyMs;
    this.id = id;
    this.url = url;
    this.#child = child;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, "exit");
      this.#child.kill(signal);
      await ended;
    }
  }
}
