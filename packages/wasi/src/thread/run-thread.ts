import type { Worker } from "node:worker_threads";
import type { OutputStream } from "../host/descriptors.ts";
import { invalidImports } from "../plan-imports.ts";
import { WasiReplayMismatchError, WasiThreadError, WasiTimeoutError } from "../wasi-errors.ts";
import type { FromThread, ThreadResult, ThreadTask } from "./messages.ts";
import { SharedOutput } from "./shared-output.ts";
import { giveBackThread, takeThread } from "./thread-pool.ts";

// A test may replace the process's clocks.
const { setTimeout, clearTimeout } = globalThis;

/** A task without the places of its outputs. */
export type OutputlessTask = Omit<ThreadTask, "stdout" | "stderr" | "streamed">;

type Listener = ((bytes: Uint8Array) => void) | undefined;

/** The signal and listeners of a run. */
export interface RunWatch {
  readonly signal: AbortSignal | undefined;
  /** Listeners for the program's output, by the output's name. */
  readonly listeners: Readonly<Record<OutputStream["name"], Listener>>;
}

/** A thread's result, and the program's outputs. */
export interface FinishedThread extends ThreadResult {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/**
 * Runs a program in a thread that runs no other at the same time.
 *
 * @throws WasiTimeoutError if the program runs longer than `timeoutMs`; its thread is terminated
 * @throws WasiReplayMismatchError if it is replayed and does something other than what was recorded
 * @throws WasiThreadError if the thread crashes
 * @throws unknown the signal's reason, or a listener's error; the thread is terminated
 */
export async function runThread(
  task: OutputlessTask,
  timeoutMs: number,
  { signal, listeners }: RunWatch,
): Promise<FinishedThread> {
  signal?.throwIfAborted();
  const outputs = {
    stdout: new HeardOutput(task.host.storageLimit, listeners.stdout),
    stderr: new HeardOutput(task.host.storageLimit, listeners.stderr),
  };
  const thread = takeThread();
  const coming = newsOf(thread, timeoutMs, outputs, signal);
  const streamed = listeners.stdout !== undefined || listeners.stderr !== undefined;
  const { stdout, stderr } = outputs;
  const places = { stdout: stdout.output.place, stderr: stderr.output.place };
  thread.postMessage({ ...task, ...places, streamed } satisfies ThreadTask);
  // Errors are created here, not where the message arrives, so that their stack leads to the caller.
  const news = await coming;
  switch (news.type) {
    case "ended":
      await giveBackThread(thread);
      return { ...news.result, stdout: stdout.output.read(), stderr: stderr.output.read() };
    case "mismatch":
      await giveBackThread(thread);
      throw new WasiReplayMismatchError(news.step, news.recorded, news.came);
    case "refused":
      await giveBackThread(thread);
      throw invalidImports(news.reason, news.cause);
    case "time-out":
      await thread.terminate();
      throw new WasiTimeoutError(timeoutMs, { stdout: stdout.text, stderr: stderr.text });
    case "stopped":
      await thread.terminate();
      throw news.reason;
    case "broken":
      await thread.terminate();
      throw new WasiThreadError(
        news.reason,
        { stdout: stdout.text, stderr: stderr.text },
        { cause: news.cause },
      );
  }
}

/** An output and its listener. */
class HeardOutput {
  readonly output: SharedOutput;
  readonly #listener: Listener;
  #heard = 0;

  constructor(limit: number, listener: Listener) {
    this.output = SharedOutput.create(limit);
    this.#listener = listener;
  }

  /** Passes new output to the listener. */
  tell(): void {
    if (this.#listener === undefined) return;
    const bytes = this.output.readNews(this.#heard);
    this.#heard += bytes.length;
    if (bytes.length > 0) this.#listener(bytes);
  }

  get text(): string {
    return Buffer.from(this.output.read()).toString("utf8");
  }
}

type Outputs = Readonly<Record<OutputStream["name"], HeardOutput>>;

type News =
  | Exclude<FromThread, { readonly type: "running" | "output" }>
  | { readonly type: "time-out" }
  | { readonly type: "stopped"; readonly reason: unknown }
  | { readonly type: "broken"; readonly reason: string; readonly cause?: unknown };

/** Waits for a program's final message, and passes on its output until then. */
async function newsOf(
  thread: Worker,
  timeoutMs: number,
  outputs: Outputs,
  signal: AbortSignal | undefined,
): Promise<News> {
  const { promise, resolve } = Promise.withResolvers<News>();
  let timer: NodeJS.Timeout | undefined;
  const finish = (news: News): void => {
    try {
      outputs.stdout.tell();
      outputs.stderr.tell();
      resolve(news);
    } catch (reason) {
      resolve({ type: "stopped", reason });
    }
  };
  const onMessage = (message: FromThread): void => {
    switch (message.type) {
      case "running":
        timer = setTimeout(() => finish({ type: "time-out" }), timeoutMs);
        break;
      case "output":
        try {
          outputs[message.stream].tell();
        } catch (reason) {
          resolve({ type: "stopped", reason });
        }
        break;
      case "ended":
      case "refused":
      case "mismatch":
        finish(message);
    }
  };
  const onAbort = (): void => finish({ type: "stopped", reason: signal?.reason });
  const onError = (cause: unknown): void => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    finish({ type: "broken", reason, cause });
  };
  const onExit = (code: number): void =>
    finish({ type: "broken", reason: `it ended with code ${code}` });
  thread.on("message", onMessage).on("error", onError).on("exit", onExit);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    thread.off("message", onMessage).off("error", onError).off("exit", onExit);
  }
}
