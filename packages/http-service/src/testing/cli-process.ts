import { type ChildProcess, spawn } from "node:child_process";

/** How a process of the CLI ended. */
export interface CliEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@link CliProcess}. */
export interface CliProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[];
}

/** The command as a user runs it, in a process of its own: what `npm run build` has built. */
export class CliProcess implements AsyncDisposable {
  /** Settled when the process has ended. */
  readonly end: Promise<CliEnd>;
  readonly #child: ChildProcess;
  readonly #firstLine = Promise.withResolvers<string>();
  #stdout = "";
  #stderr = "";

  /** @param script such as a package's `bin/NAME.js` */
  constructor(script: string, args: readonly string[], options: CliProcessOptions = {}) {
    const { env = {}, nodeOptions = [] } = options;
    this.#child = spawn(process.execPath, [...nodeOptions, script, ...args], {
      env: { PATH: process.env["PATH"], ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
      if (this.#stdout.includes("\n")) {
        this.#firstLine.resolve(this.#stdout.slice(0, this.#stdout.indexOf("\n")));
      }
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
    this.end = new Promise((resolve) => {
      this.#child.once("close", (code, signal) => {
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
        this.#firstLine.reject(new Error(`The command ended with code ${code}: ${this.#stderr}`));
      });
    });
    // Whoever does not wait for the line need not handle its absence.
    this.#firstLine.promise.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What it has written to stderr so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** The first line on stdout. Rejects where the process ends without one. */
  get firstLine(): Promise<string> {
    return this.#firstLine.promise;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.end;
  }
}
