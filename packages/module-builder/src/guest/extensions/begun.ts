import type { Remote } from "../remote.ts";
import { shared } from "../shared.ts";

const { begun } = shared;
/** What goes on though nobody cares any more, such as a race's losers: a host holds a result until it was taken. */
export const abandoned: Map<number, Remote> = new Map();

/** Notes something that has begun, and whether somebody waits for it. */
export function markBegun(remote: Remote): void {
  const [from, to] = remote.isAwaited ? [abandoned, begun] : [begun, abandoned];
  from.delete(remote.number);
  to.set(remote.number, remote);
}

/** Takes out what has ended. */
export function takeBegun(number: number): Remote | undefined {
  const remote = begun.get(number) ?? abandoned.get(number);
  begun.delete(number);
  abandoned.delete(number);
  return remote;
}
