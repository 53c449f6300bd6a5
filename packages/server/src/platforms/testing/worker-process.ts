import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { endWithThisProcess, TemporaryDirectory, workerd } from "@flawless-ts/test-helpers";

/** A worker in workerd, on a free port. Source of the settings: `workerd.capnp` of workerd. */
const settings = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-01-01",
);
`;

/** Cloudflare's runtime with one worker; `await using` stops it. */
export class WorkerProcess implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #directory: TemporaryDirectory;

  private constructor(url: string, child: ChildProcess, directory: TemporaryDirectory) {
    this.url = url;
    this.#child = child;
    this.#directory = directory;
  }

  /** @param code a module that exports a worker */
  static async start(code: string): Promise<WorkerProcess> {
    const directory = new TemporaryDirectory();
    writeFileSync(directory.join("config.capnp"), settings);
    writeFileSync(directory.join("worker.js"), code);
    const args = ["serve", "--control-fd=3", directory.join("config.capnp")];
    const child = spawn(workerd.program, args, {
      stdio: ["ignore", "inherit", "inherit", "pipe"],
    });
    endWithThisProcess(child);
    const ended = once(child, "exit").then(() => {
      throw new Error("workerd ended before it listened; it says why above");
    });
    const lines = createInterface({ input: child.stdio[3] as Readable });
    const [line] = (await Promise.race([once(lines, "line"), ended])) as [string];
    const { port } = JSON.parse(line) as { readonly port: number };
    return new WorkerProcess(`http://127.0.0.1:${port}`, child, directory);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = this.#child.exitCode === null ? once(this.#child, "exit") : undefined;
    this.#child.kill("SIGKILL");
    await ended;
    this.#directory.remove();
  }
}
