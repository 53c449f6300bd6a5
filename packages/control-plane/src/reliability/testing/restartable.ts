import { createRequire } from "node:module";
import { join } from "node:path";
import { CliProcess } from "@flawless-ts/test-helpers";
import { ControlPlaneProcess } from "../../testing/control-plane-process.ts";

const flawlessScript = join(
  createRequire(import.meta.url).resolve("@flawless-ts/server/package.json"),
  "../bin/flawless.js",
);

/** A process that is killed and restarted, on the same directory and, for a server, on the same port. */
export class Restartable implements AsyncDisposable {
  readonly #start: (bind: string) => CliProcess;
  #process: CliProcess;
  #url = "";

  static async start(start: (bind: string) => CliProcess): Promise<Restartable> {
    const restartable = new Restartable(start);
    await restartable.#ready();
    return restartable;
  }

  private constructor(start: (bind: string) => CliProcess) {
    this.#start = start;
    this.#process = start("127.0.0.1:0");
  }

  /** A server's URL, which stays the same after each start. */
  get url(): string {
    return this.#url;
  }

  async killAndStart(): Promise<void> {
    await this[Symbol.asyncDispose]();
    this.#process = this.#start(this.#url === "" ? "127.0.0.1:0" : new URL(this.#url).host);
    await this.#ready();
  }

  /** `CliProcess` kills, too. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }

  async #ready(): Promise<void> {
    const line = await this.#process.firstLine;
    this.#url = line.startsWith("{") ? (JSON.parse(line) as { readonly url: string }).url : "";
  }
}

export async function startFlawless(directory: string, reportsUrl: string): Promise<Restartable> {
  const args = ["up", "--working-dir", join(directory, "flawless"), "--json"];
  const env = { FLAWLESS_SECRET_CONTROL_PLANE_URL: reportsUrl };
  return Restartable.start(
    (bind) => new CliProcess(flawlessScript, [...args, "--bind", bind], { env }),
  );
}

/** It loses workers quickly, and hands out their jobs again without limit. */
export async function startControlPlane(
  directory: string,
  flawlessUrl: string,
): Promise<Restartable> {
  const args = ["up", "--data-dir", join(directory, "control-plane"), "--json"];
  const rules = ["--worker-timeout", "2", "--max-retries", "20", "--flawless-url", flawlessUrl];
  return Restartable.start((bind) => new ControlPlaneProcess([...args, ...rules, "--bind", bind]));
}
