import type { Worker } from "node:worker_threads";
import { WasiReplayMismatchError, WasiThreadError, WasiTimeoutError } from "../wasi-errors.ts";
import type { FromThread, ThreadResult, ThreadTask } from "./messages.ts";
import { SharedOutput } from "./shared-output.ts";
import { giveBackThread, takeThread } from "./thread-pool.ts";

/** A task but for the places that its outputs go to. */
export type OutputlessTask = Omit<ThreadTask, "stdout" | "stderr">;

/** What a thread gives back, and what the program wrote to its outputs. */
export interface FinishedThread extends ThreadResult {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/**
 * Runs a program in a thread that has no other program meanwhile.
 *
 * @throws WasiTimeoutError when the program runs longer than `timeoutMs`; its thread is ended
 * @throws WasiReplayMismatchError when it is replayed and does something else than was recorded
 * @throws WasiThreadError when the thread breaks down
 */
export async function runThread(task: OutputlessTask, timeoutMs: number): Promise<FinishedThread> {
  const stdout = SharedOutput.create(task.host.storageLimit);
  const stderr = SharedOutput.create(task.host.storageLimit);
  const thread = takeThread();
  const coming = newsOf(thread, timeoutMs);
  thread.postMessage({ ...task, stdout: stdout.place, stderr: stderr.place } satisfies ThreadTask);
  // Errors are made here, not where the news comes in: their stack then leads to the caller.
  const news = await coming;
  switch (news.type) {
    case "ended":
      await giveBackThread(thread);
      return { ...news.result, stdout: stdout.read(), stderr: stderr.read() };
    case "mismatch":
      await giveBackThread(thread);
      throw new WasiReplayMismatchError(news.step, news.recorded, news.came);
    case "time-out":
      await thread.terminate();
      throw new WasiTimeoutError(timeoutMs, { stdout: text(stdout), stderr: text(stderr) });
    case "broken":
      await thread.terminate();
      throw new WasiThreadError(`The program's thread broke down: ${news.reason}.`, {
        cause: news.cause,
      });
  }
}

type News =
  | Exclude<FromThread, { readonly type: "running" }>
  | { readonly type: "time-out" }
  | { readonly type: "broken"; readonly reason: string; readonly cause?: unknown };

/** Waits for the one thing that there is to hear of a program. */
async function newsOf(thread: Worker, timeoutMs: number): Promise<News> {
  const { promise, resolve } = Promise.withResolvers<News>();
  let timer: NodeJS.Timeout | undefined;
  const onMessage = (message: FromThread): void => {
    if (message.type === "running") {
      timer = setTimeout(() => resolve({ type: "time-out" }), timeoutMs);
    } else {
      resolve(message);
    }
  };
  const onError = (cause: unknown): void => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    resolve({ type: "broken", reason, cause });
  };
  const onExit = (code: number): void =>
    resolve({ type: "broken", reason: `it ended with code ${code}` });
  thread.on("message", onMessage).on("error", onError).on("exit", onExit);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    thread.off("message", onMessage).off("error", onError).off("exit", onExit);
  }
}

const text = (output: SharedOutput): string => Buffer.from(output.read()).toString("utf8");
