import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/**
 * Sends a signal and waits for the end.
 * @throws Error if the child had to be killed
 */
export async function stopChild(
  child: ChildProcess,
  signal: NodeJS.Signals,
  withinMs: number,
): Promise<void> {
  if (hasEnded(child)) {
    return;
  }
  const ended = once(child, "exit");
  child.kill(signal);
  const waiting = new AbortController();
  await Promise.race([ended, sleep(withinMs, undefined, waiting).catch(() => undefined)]);
  waiting.abort();
  if (!hasEnded(child)) {
    child.kill("SIGKILL");
    await ended;
    throw new Error(`process ${child.pid} did not end within ${withinMs} ms of ${signal}`);
  }
}
