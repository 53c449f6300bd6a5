import { cancelType, hearCancel, isShielded } from "./cancellation.ts";
import { receiveMessage, sleep } from "./host.ts";
import { fromJson } from "./json.ts";
import { part } from "./part-loader.ts";
import { begun, host, type Remote, unbegun } from "./remote.ts";
import {
  awaitedTypes,
  deliver,
  endByTime,
  firstToEnd,
  fixDeadlines,
  type HostMessage,
  mayBeUpdates,
  nextTurn,
  onlyWait,
  waitCounts,
} from "./waits.ts";

/**
 * Waits until something ends that the workflow waits for. One thing alone is a host call of the ABI; several at once are
 * that, too, as long as they are sleeps and messages.
 *
 * @returns false when there is nothing.
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
  if (waitCounts().all === 0) return false;
  // Only a host with extensions tells updates from messages, or has a wait that cancelling does not end.
  if ((mayBeUpdates() || isShielded()) && host.hasExtensions !== false) {
    part("extensions").waitSideBySide(undefined);
    return true;
  }
  const only = onlyWait();
  const next = only === undefined ? firstToEnd() : { wait: only, left: only.milliseconds };
  const message = pause(next?.left, only === undefined ? awaitedTypes() : (only.types ?? []));
  if (message !== undefined) hear(message);
  else if (next !== undefined) endByTime(next.wait);
  return true;
}

/** Does one of the things that were asked for, but not waited for. @returns false when there is none. */
export function sendUnbegun(): boolean {
  const [first] = unbegun;
  if (first === undefined) return false;
  if (isPlain(first, true)) sendPlain(first);
  else part("extensions").waitSideBySide(first);
  return true;
}

/** Takes a message from the host to whoever waits for it. */
export function hear(message: HostMessage): void {
  if (message.type === cancelType) hearCancel(message.data);
  else deliver(message);
}

/** A server that has extensions would end a plain request when the workflow is asked to cancel. */
function isPlain({ plain }: Remote, isAlone: boolean): boolean {
  return plain !== undefined && (host.hasExtensions === false || (isAlone && !isShielded()));
}

function sendPlain(remote: Remote): void {
  unbegun.delete(remote);
  fixDeadlines();
  remote.plain?.();
}

function pause(
  milliseconds: number | undefined,
  types: readonly string[],
): HostMessage | undefined {
  const message =
    types.length === 0 && milliseconds !== undefined
      ? sleep(milliseconds)
      : receiveMessage(milliseconds, types);
  return message && { type: message.type, data: fromJson(message.json) };
}
