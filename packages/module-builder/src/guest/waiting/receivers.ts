import { shared } from "../shared.ts";
import type { HostMessage, Wait } from "../waits.ts";

/** By type; the last ones started waiting last. */
const receivers = new Map<string, Wait[]>();

/** Calls `received` when a message of one of these types arrives, or `timeIsUp` if that is sooner. */
export function waitForMessage(
  types: readonly string[],
  milliseconds: number | undefined,
  received: Wait["received"],
  timeIsUp: () => void,
  mayBeUpdate: boolean,
): Wait {
  return shared.addWait({ milliseconds, types, timeIsUp, received, isLoud: true, mayBeUpdate });
}

/** Types of messages that somebody waits for. */
export function awaitedTypes(): string[] {
  return [...receivers.keys()];
}

/** Passes a message to its receiver; dropped if nobody waits for it. */
export function deliver(message: HostMessage): void {
  const list = receivers.get(message.type) ?? [];
  let index = list.length - 1;
  const last = list[index];
  if (last === undefined) return;
  // The first of those that started waiting in the same turn.
  while (list[index - 1]?.since === last.since) index -= 1;
  const wait = list[index] ?? last;
  shared.stopWaiting(wait);
  wait.received(message);
}

/** Records who waits for messages of these types. */
export function addReceiver(types: readonly string[], wait: Wait): void {
  for (const type of types) {
    const list = receivers.get(type);
    if (list === undefined) receivers.set(type, [wait]);
    else if (list.at(-1) !== wait) list.push(wait);
  }
}

/** Undoes `addReceiver`. */
export function removeReceiver(types: readonly string[], wait: Wait): void {
  for (const type of types) {
    const list = receivers.get(type);
    // It is usually among the last ones.
    const index = list?.lastIndexOf(wait) ?? -1;
    if (index >= 0) list?.splice(index, 1);
    if (list?.length === 0) receivers.delete(type);
  }
}
