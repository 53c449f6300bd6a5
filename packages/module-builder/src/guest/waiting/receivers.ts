import { shared } from "../shared.ts";
import type { HostMessage, Wait } from "../waits.ts";

/** By type; who began to wait last is at the end. */
const receivers = new Map<string, Wait[]>();

/** Calls `received` when a message of one of these types comes, or `timeIsUp` if that is sooner. */
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

/** Gives a message to whoever is to have it; nobody has it where nobody waits for it. */
export function deliver(message: HostMessage): void {
  const list = receivers.get(message.type) ?? [];
  let index = list.length - 1;
  const last = list[index];
  if (last === undefined) return;
  // Of those who began to wait in the same turn the first.
  while (list[index - 1]?.since === last.since) index -= 1;
  const wait = list[index] ?? last;
  shared.stopWaiting(wait);
  wait.received(message);
}

/** Notes who waits for messages of these types. */
export function addReceiver(types: readonly string[], wait: Wait): void {
  for (const type of types) {
    const list = receivers.get(type);
    if (list === undefined) receivers.set(type, [wait]);
    else if (list.at(-1) !== wait) list.push(wait);
  }
}

/** Takes that back. */
export function removeReceiver(types: readonly string[], wait: Wait): void {
  for (const type of types) {
    const list = receivers.get(type);
    // Who waits no more has mostly begun last.
    const index = list?.lastIndexOf(wait) ?? -1;
    if (index >= 0) list?.splice(index, 1);
    if (list?.length === 0) receivers.delete(type);
  }
}
