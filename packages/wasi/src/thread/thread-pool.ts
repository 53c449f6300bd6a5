import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import { startThread } from "./start-thread.ts";

/** What a thread has that has ended. */
const endedThread = -1;
const maxIdle = availableParallelism();
const idle: Worker[] = [];

/**
 * Gets a thread for one program: one that is idle, or a new one. To start one takes far longer than most
 * programs run.
 */
export function takeThread(): Worker {
  for (let thread = idle.pop(); thread !== undefined; thread = idle.pop()) {
    if (thread.threadId === endedThread) continue;
    thread.ref();
    return thread;
  }
  const thread = startThread("wasi-thread", {});
  // Its user listens, too; an idle thread that fails is simply not used again.
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
