import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { cleanUpAtExit } from "../server/cleanup.ts";
import { stopChild } from "./child.ts";

const script = fileURLToPath(
  new URL("../../packages/control-plane/bin/control-plane.js", import.meta.url),
);
const readyWithinMs = 10_000;
const stopWithinMs = 9_000;

/** The line that it prints. */
interface Ready {
  readonly url: string;
  readonly pid: number;
  readonly ticket?: string;
}

/** `control-plane up` in its own process, on a loopback port. It ends with this process at the latest. */
export class ControlPlaneProcess implements AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Undefined unless it was told to have one. */
  readonly ticket: string | undefined;
  readonly #child: ChildProcess;

  /**
   * @param place options that say where it stores everything, and how else it is reached
   * @param name distinguishes it from others
   * @throws Error if it is not ready in time
   */
  static async start(place: readonly string[], name = "node-1"): Promise<ControlPlaneProcess> {
    const bind = ["--bind", "127.0.0.1:0"];
    // No worker sends heartbeats here, so none may count as lost.
    const rules = ["--no-flawless", "--worker-timeout", "3600"];
    const child = spawn(process.execPath, [script, "up", ...place, ...bind, ...rules, "--json"], {
      env: { ...process.env, NODE_ID: name },
      stdio: ["ignore", "pipe", "ignore"],
    });
    child.once(
      "exit",
      cleanUpAtExit(() => child.kill("SIGKILL")),
    );
    try {
      const lines = createInterface({
        input: child.stdout,
        signal: AbortSignal.timeout(readyWithinMs),
      });
      for await (const line of lines) {
        const ready = JSON.parse(line) as Ready;
        child.stdout.resume();
        return new ControlPlaneProcess(child, ready);
      }
      throw new Error("control-plane up said nothing. Is it built (npm run build)?");
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }

  private constructor(child: ChildProcess, ready: Ready) {
    this.#child = child;
    this.ticket = ready.ticket;
    this.url = ready.url;
    this.pid = ready.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await stopChild(this.#child, "SIGTERM", stopWithinMs);
  }
}
