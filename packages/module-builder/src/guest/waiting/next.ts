import { receiveMessage, type ReceivedJson, sleep } from "../host.ts";
import { shared } from "../shared.ts";
import type { HostMessage, Wait } from "../waits.ts";
import { cancelType, hearCancel } from "./cancel.ts";
import { awaitedTypes, deliver } from "./receivers.ts";
import { firstToEnd } from "./times.ts";

/**
 * Waits for time and messages.
 *
 * @param only the only wait, if there is just one that needs no deadline.
 */
export function waitForFirst(only: Wait | undefined): void {
  // Only hosts with extensions distinguish updates from messages, or have a wait that can't be cancelled.
  if ((shared.mayBeUpdates() || shared.isShielded()) && shared.host.hasExtensions !== false) {
    shared.part("extensions").waitSideBySide(undefined);
    return;
  }
  const next = only === undefined ? firstToEnd() : { wait: only, left: only.milliseconds };
  const message = pause(next?.left, only === undefined ? awaitedTypes() : (only.types ?? []));
  if (message !== undefined) hearJson(message);
  else if (next !== undefined) shared.endByTime(next.wait);
}

/** Passes a message from the host, still as JSON, to the code that waits for it. */
export function hearJson({ type, json }: ReceivedJson): void {
  hear({ type, data: shared.fromJson(json) });
}

/** Passes a message from the host to the code that waits for it. */
export function hear(message: HostMessage): void {
  if (message.type === cancelType) hearCancel(message.data);
  else deliver(message);
}

function pause(
  milliseconds: number | undefined,
  types: readonly string[],
): ReceivedJson | undefined {
  return types.length === 0 && milliseconds !== undefined
    ? sleep(milliseconds)
    : receiveMessage(milliseconds, types);
}
