import type { Remote } from "../remote.ts";
import { shared } from "../shared.ts";

const { begun } = shared;
/**
 * Operations that continue although nobody waits for them any more, such as the losers of a race: a host stores a
 * result until it is taken.
 */
export const abandoned: Map<number, Remote> = new Map();

/** Records that something has begun, and whether anybody waits for it. */
export function markBegun(remote: Remote): void {
  const [from, to] = remote.isAwaited ? [abandoned, begun] : [begun, abandoned];
  from.delete(remote.number);
  to.set(remote.number, remote);
}

/** Removes what has ended. */
export function takeBegun(number: number): Remote | undefined {
  const remote = begun.get(number) ?? abandoned.get(number);
  begun.delete(number);
  abandoned.delete(number);
  return remote;
}
