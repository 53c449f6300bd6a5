import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CommandProcess } from "./command-process.ts";

/** Short, so that the demonstration needn't wait for long; the default is 90 seconds. */
const workerTimeoutSeconds = 3;
const heartbeatSeconds = 1;

const flawlessScript = scriptOf("@flawless-ts/server", "flawless");
const controlPlaneScript = scriptOf("@flawless-ts/control-plane", "control-plane");

/** A Flawless server, a control plane and workers, each in its own process. */
export class Cluster implements AsyncDisposable {
  readonly flawlessUrl: string;
  readonly controlPlaneUrl: string;
  readonly #processes: AsyncDisposableStack;

  /**
   * Starts both servers on free ports of this machine.
   *
   * @param directory where they store their data
   * @param reportsUrl where crawls send their reports
   */
  static async start(directory: string, reportsUrl: string): Promise<Cluster> {
    await using processes = new AsyncDisposableStack();
    const shared = ["--bind", "127.0.0.1:0", "--json"];
    const flawless = processes.use(
      await CommandProcess.start({
        name: "flawless up",
        script: flawlessScript,
        // Silent: otherwise, that a killed worker doesn't listen any more would be logged for each of its jobs.
        args: [
          "up",
          "--working-dir",
          join(directory, "flawless"),
          "--log-level",
          "silent",
          ...shared,
        ],
        env: { FLAWLESS_SECRET_CONTROL_PLANE_URL: reportsUrl },
      }),
    );
    const flawlessUrl = urlOf(flawless);
    const timeout = ["--worker-timeout", `${workerTimeoutSeconds}`];
    const controlPlane = processes.use(
      await CommandProcess.start({
        name: "control-plane up",
        script: controlPlaneScript,
        args: [
          "up",
          "--data-dir",
          join(directory, "control-plane"),
          "--log-level",
          "error",
          ...timeout,
          ...shared,
        ],
        env: { FLAWLESS_URL: flawlessUrl },
      }),
    );
    return new Cluster(flawlessUrl, urlOf(controlPlane), processes.move());
  }

  private constructor(
    flawlessUrl: string,
    controlPlaneUrl: string,
    processes: AsyncDisposableStack,
  ) {
    this.flawlessUrl = flawlessUrl;
    this.controlPlaneUrl = controlPlaneUrl;
    this.#processes = processes;
  }

  /** @param concurrency how many jobs it runs at a time */
  async startWorker(id: string, concurrency: number): Promise<CommandProcess> {
    const worker = await CommandProcess.start({
      name: id,
      script: controlPlaneScript,
      args: ["worker", "--concurrency", `${concurrency}`, "--log-level", "error"],
      env: {
        CONTROL_PLANE_TICKET: this.controlPlaneUrl,
        FLAWLESS_URL: this.flawlessUrl,
        WORKER_ID: id,
        WORKER_HEARTBEAT_INTERVAL_SECS: `${heartbeatSeconds}`,
      },
    });
    return this.#processes.use(worker);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#processes.disposeAsync();
  }
}

function scriptOf(packageName: string, command: string): string {
  return fileURLToPath(new URL(`../bin/${command}.js`, import.meta.resolve(packageName)));
}

function urlOf({ firstLine }: CommandProcess): string {
  return (JSON.parse(firstLine) as { readonly url: string }).url;
}
