import { isShielded } from "./cancellation.ts";
import { sleep } from "./host.ts";
import { part } from "./part-loader.ts";
import { begun, host, type Remote, unbegun } from "./remote.ts";
import { endByTime, fixDeadlines, nextTurn, onlyWait, waitCounts } from "./waits.ts";

/**
 * Waits until something ends that the workflow waits for. A single thing is a host call of the ABI; so are several, if
 * all are sleeps and messages.
 *
 * @returns false if there is nothing to wait for.
 */
export function waitForNext(): boolean {
  nextTurn();
  if (unbegun.size + begun.size > 0) {
    const [first] = unbegun;
    const isAlone = unbegun.size === 1 && begun.size === 0 && waitCounts().loud === 0;
    if (first !== undefined && isPlain(first, isAlone)) sendPlain(first);
    else part("extensions").waitSideBySide(isAlone ? first : undefined);
    return true;
  }
  const only = onlyWait();
  if (only?.milliseconds === undefined || only.types !== undefined || isShielded()) {
    if (waitCounts().all === 0) return false;
    part("waiting").waitForFirst(only);
    return true;
  }
  const message = sleep(only.milliseconds);
  if (message === undefined) endByTime(only);
  else part("waiting").hearJson(message);
  return true;
}

/** Sends something that was requested, but not awaited. @returns false if there is nothing. */
export function sendUnbegun(): boolean {
  const [first] = unbegun;
  if (first === undefined) return false;
  if (isPlain(first, true)) sendPlain(first);
  else part("extensions").waitSideBySide(first);
  return true;
}

/** A server with extensions would end a plain request when the workflow is asked to cancel. */
function isPlain({ plain }: Remote, isAlone: boolean): boolean {
  return plain !== undefined && (host.hasExtensions === false || (isAlone && !isShielded()));
}

function sendPlain(remote: Remote): void {
  unbegun.delete(remote);
  fixDeadlines();
  remote.plain?.();
}
