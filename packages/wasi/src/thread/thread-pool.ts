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
  // Whoever uses it listens, too; an idle one that breaks down is just not used any more.
  thread.on("error", () => {});
  return thread;
}

/** Takes back a thread whose program has ended by itself. It does not keep the process alive. */
export async function giveBackThread(thread: Worker): Promise<void> {
  if (idle.length >= maxIdle || thread.threadId === endedThread) {
    await thread.terminate();
    return;
  }
  thread.unref();
  idle.push(thread);
}
