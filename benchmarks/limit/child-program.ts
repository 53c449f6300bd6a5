import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cleanUpAtExit } from "../server/cleanup.ts";
import type { StretchReply, StretchRequest } from "./stretches.ts";

/** A program of the benchmark, in its own process. It ends with this one at the latest. */
export class ChildProgram implements AsyncDisposable {
  readonly pid: number;
  /** The first message that it sent. */
  readonly firstMessage: unknown;
  readonly #child: ChildProcess;

  /** @throws Error if it ends before it has sent a message */
  static async start(file: URL, parameters: readonly string[]): Promise<ChildProgram> {
    const child = fork(file, parameters, { execArgv: ["--disable-warning=ExperimentalWarning"] });
    child.once(
      "exit",
      cleanUpAtExit(() => child.kill("SIGKILL")),
    );
    return new ChildProgram(child, await nextMessage(child));
  }

  private constructor(child: ChildProcess, firstMessage: unknown) {
    this.#child = child;
    this.firstMessage = firstMessage;
    this.pid = child.pid ?? 0;
  }

  /** Makes it do something repeatedly: it must be a program that serves stretches. */
  async stretch(request: StretchRequest): Promise<StretchReply> {
    const reply = nextMessage(this.#child);
    this.#child.send(request);
    return (await reply) as StretchReply;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, "exit");
      this.#child.kill("SIGKILL");
      await ended;
    }
  }
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const stop = new AbortController();
  const { signal } = stop;
  const message = once(child, "message", { signal });
  const ended = once(child, "exit", { signal }).then(() => {
    throw new Error(`${child.spawnargs.at(-1)} ended with exit code ${child.exitCode}`);
  });
  try {
    const [content] = (await Promise.race([message, ended])) as readonly unknown[];
    return content;
  } finally {
    stop.abort();
    message.catch(() => undefined);
    ended.catch(() => undefined);
  }
}
