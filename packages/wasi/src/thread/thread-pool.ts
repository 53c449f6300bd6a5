import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import { startThread } from "./start-thread.ts";

/** The id of a thread that has ended. */
const endedThread = -1;
const maxIdle = availableParallelism();
const idle: Worker[] = [];

/**
 * Gets a thread for one program: an idle one, or a new one. Starting one takes far longer than most programs run.
 */
export function takeThread(): Worker {
  for (let thread = idle.pop(); thread !== undefined; thread = idle.pop()) {
    if (thread.threadId === endedThread) continue;
    thread.ref();
    return thread;
  }
  const thread = startThread("wasi-thread", {});
  // Its user also listens; an idle thread that fails is simply not reused.
  thread.on("error", () => {});
  return thread;
}

/** Takes back a thread whose program has ended. It doesn't keep the process alive. */
export async function giveBackThread(thread: Worker): Promise<void> {
  if (idle.length >= maxIdle || thread.threadId === endedThread) {
    await thread.terminate();
    return;
  }
  thread.unref();
  idle.push(thread);
}
