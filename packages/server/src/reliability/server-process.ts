import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Flawless } from "@flawless-ts/sdk";
import { endWithThisProcess } from "@flawless-ts/test-helpers";

const command = fileURLToPath(new URL("../../bin/flawless.js", import.meta.url));
/** Another program may have taken the port while the server was down. */
const maxStarts = 5;

/** How a server process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Options of `ServerProcess.start`. */
export interface ServerProcessOptions {
  /** The token that callers must send. Default: none. */
  readonly token?: string;
  /** A program, with its first parameters, that starts the server's process. Default: none. */
  readonly launcher?: readonly string[];
  /** Where it listens. Default: a free port. */
  readonly bind?: string;
  /** Additional parameters of `flawless up`. Default: none. */
  readonly parameters?: readonly string[];
}

/** A server as users run it: `flawless up` in its own process, in a temporary directory. */
export class ServerProcess implements AsyncDisposable {
  readonly #directory: string;
  readonly #token: string | undefined;
  readonly #launcher: readonly string[];
  readonly #parameters: readonly string[];
  #child: ChildProcess | undefined;
  #end: Promise<ProcessEnd> = Promise.resolve({ code: 0, signal: null });
  #up: PromiseWithResolvers<void> = Promise.withResolvers();
  #flawless: Flawless | undefined;
  #output = "";
  #disposed = false;

  /**
   * Starts a server on a free port and waits until it is ready.
   *
   * @throws Error with the server's output if it doesn't become ready
   */
  static async start(options: ServerProcessOptions = {}): Promise<ServerProcess> {
    const server = new ServerProcess(await mkdtemp(join(tmpdir(), "flawless-")), options);
    try {
      await server.#launch(options.bind ?? "127.0.0.1:0");
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(directory: string, options: ServerProcessOptions) {
    const { token, launcher = [], parameters = [] } = options;
    this.#directory = directory;
    this.#token = token;
    this.#launcher = launcher;
    this.#parameters = parameters;
  }

  /** A client that tries each request once, so that a test sees what was acknowledged. */
  get flawless(): Flawless {
    if (this.#flawless === undefined) {
      throw new Error("the server was never ready");
    }
    return this.#flawless;
  }

  /** The working directory. */
  get directory(): string {
    return join(this.#directory, "data");
  }

  /** The process's id, if it was started. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The same after each restart. */
  get url(): string {
    return this.flawless.url;
  }

  /** All output of the server's processes so far. */
  get output(): string {
    return this.#output;
  }

  /** Resolves when the process has ended. */
  get end(): Promise<ProcessEnd> {
    return this.#end;
  }

  /** Whether the process is running. */
  get runs(): boolean {
    return this.#child !== undefined && isRunning(this.#child);
  }

  /**
   * Resolves when the server is ready, immediately if it is.
   *
   * @throws Error if a restart failed
   */
  whenUp(): Promise<void> {
    return this.#up.promise;
  }

  /** Kills the process immediately (SIGKILL), without a chance to save anything. */
  kill(): void {
    this.#stop("SIGKILL");
  }

  /** Asks the process to end gracefully (SIGTERM). */
  terminate(): void {
    this.#stop("SIGTERM");
  }

  /**
   * Waits for the end of the process and starts another one on the same directory and port.
   *
   * @throws Error with the server's output if it doesn't become ready
   */
  async restart(): Promise<void> {
    await this.#end;
    const { host } = new URL(this.url);
    for (let start = 1; ; start += 1) {
      const outputBefore = this.#output.length;
      try {
        return await this.#launch(host);
      } catch (error) {
        const portIsTaken = /in use|EADDRINUSE/i.test(this.#output.slice(outputBefore));
        if (start >= maxStarts || !portIsTaken) {
          this.#up.reject(error);
          throw error;
        }
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.kill();
    await this.#end;
    await this.#flawless?.close();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #launch(bind: string): Promise<void> {
    if (this.#disposed) {
      throw new Error("the test is over: the server is not started again");
    }
    const parameters = ["up", "--working-dir", this.directory, "--bind", bind];
    parameters.push(...this.#parameters);
    if (this.#token !== undefined) {
      const file = join(this.#directory, "token");
      await writeFile(file, this.#token, { mode: 0o600 });
      parameters.push("--token-file", file);
    }
    const [program = "", ...all] = [...this.#launcher, process.execPath, command, ...parameters];
    const child = spawn(program, all, {
      stdio: ["ignore", "pipe", "pipe"],
    });
    endWithThisProcess(child);
    this.#child = child;
    this.#end = once(child, "close").then(([code, signal]) => ({ code, signal }) as ProcessEnd);
    try {
      const url = await this.#readUrl(child);
      // The same client for all processes: callers see a restart as a broken connection.
      this.#flawless ??= new Flawless({
        url,
        retry: false,
        ...(this.#token === undefined ? {} : { token: this.#token }),
      });
      await this.#flawless.health();
    } catch (error) {
      this.kill();
      await this.#end;
      throw new Error(`the server did not get ready; it wrote:\n${this.#output}`, { cause: error });
    }
    this.#up.resolve();
  }

  /** Collects the process's output, and finds the address that it announces when it is ready. */
  #readUrl(child: ChildProcess): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    let announced = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#output += text;
    });
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#output += text;
      announced += text;
      const url = /http:\/\/[\d.]+:\d+/.exec(announced)?.[0];
      if (url !== undefined) {
        resolve(url);
      }
    });
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`it ended with the exit code ${code}`)));
    return promise;
  }

  #stop(signal: NodeJS.Signals): void {
    if (this.#child !== undefined && isRunning(this.#child)) {
      this.#up = Promise.withResolvers();
      // Maybe nobody is waiting for it.
      this.#up.promise.catch(() => undefined);
      this.#child.kill(signal);
    }
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}
