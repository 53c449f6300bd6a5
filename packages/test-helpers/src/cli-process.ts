import { type ChildProcess, spawn } from "node:child_process";
import { endWithThisProcess } from "@flawless-ts/testkit/internal";
import { onTestFinished, TestRunner } from "vitest";

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
  /** Options for Node itself. */
  readonly nodeOptions?: readonly string[];
  /** The program to start instead of Node. */
  readonly program?: string;
  /** The working directory. Default: that of the tests. */
  readonly cwd?: string;
  /** Puts it and its child processes into a separate process group, which ends with it. */
  readonly group?: boolean;
}

/**
 * The command as a user runs it, in a separate process, from the output of `npm run build`. It ends with the test that
 * started it, even if that times out, or else with this process.
 */
export class CliProcess implements AsyncDisposable {
  /** Resolved when the process has ended. */
  readonly end: Promise<CliEnd>;
  readonly #child: ChildProcess;
  readonly #group: boolean;
  readonly #firstLine = Promise.withResolvers<string>();
  #stdout = "";
  #stderr = "";

  /** @param script such as a package's `bin/NAME.js` */
  constructor(script: string, args: readonly string[], options: CliProcessOptions = {}) {
    const { env = {}, nodeOptions = [], program = process.execPath, cwd, group = false } = options;
    this.#child = spawn(program, [...nodeOptions, script, ...args], {
      env: { PATH: process.env["PATH"], ...env },
      stdio: ["ignore", "pipe", "pipe"],
      cwd,
      detached: group,
    });
    endWithThisProcess(this.#child, { group });
    // A test that timed out still waits for something, and disposes of nothing.
    if (TestRunner.getCurrentTest() !== undefined)
      onTestFinished(() => this[Symbol.asyncDispose]());
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
    this.#group = group;
    // A caller that doesn't wait for the line need not handle its absence.
    this.#firstLine.promise.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Its output on stdout so far. */
  get stdout(): string {
    return this.#stdout;
  }

  /** Its output on stderr so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** The first line on stdout. Rejects if the process ends without one. */
  get firstLine(): Promise<string> {
    return this.#firstLine.promise;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends a signal to all processes of its group, as a terminal does. */
  killGroup(signal: NodeJS.Signals): void {
    try {
      process.kill(-(this.#child.pid ?? Number.NaN), signal);
    } catch {
      // All processes have ended.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#group) {
      this.killGroup("SIGKILL");
    }
    this.#child.kill("SIGKILL");
    await this.end;
  }
}
