import type { Timed } from "./waiting/deadlines.ts";
import { part } from "./part-loader.ts";

/** A message from the host. */
export interface HostMessage {
  readonly type: string;
  readonly data: unknown;
  /** The number by which it is answered, if it is an update. */
  readonly update?: number;
}

/** Something that ends after a while, or when a message arrives. */
export interface Wait extends Timed {
  /** How long it lasts from its beginning; undefined: forever. */
  readonly milliseconds: number | undefined;
  /** Types of messages that end it; undefined if only time does. */
  readonly types: readonly string[] | undefined;
  /** Whether some of the types may be updates, which only hosts with extensions distinguish. */
  readonly mayBeUpdate: boolean;
  readonly timeIsUp: () => void;
  readonly received: (message: HostMessage) => void;
  /** Whether anybody is interested: not so for a signal's timeout without listeners. */
  isLoud: boolean;
  /** The turn in which somebody last started waiting for it. */
  since: number;
}

/** The properties given when a wait begins. */
export type NewWait = Pick<Wait, "milliseconds" | "types" | "mayBeUpdate" | "isLoud"> &
  Pick<Wait, "timeIsUp" | "received">;

/** What the workflow waits for, in the order in which the waits began. */
const waits = new Set<Wait>();
/** Waits that end by time, but whose deadline has not been needed yet. */
export const fresh: Set<Wait> = new Set();
let turn = 0;
let lastOrder = 0;
let loud = 0;
let updates = 0;
const ignore = (): void => undefined;

/** A turn is everything that happens until the next host call that waits. */
export function nextTurn(): void {
  turn += 1;
}

/** Calls `timeIsUp` after this many milliseconds. */
export function waitForTime(milliseconds: number, timeIsUp: () => void, isLoud = true): Wait {
  return addWait({
    milliseconds,
    types: undefined,
    mayBeUpdate: false,
    timeIsUp,
    received: ignore,
    isLoud,
  });
}

/** Begins to wait. */
export function addWait(asked: NewWait): Wait {
  lastOrder += 1;
  const wait = { ...asked, deadline: undefined, since: turn, place: -1, order: lastOrder };
  resumeWaiting(wait);
  return wait;
}

/** Ends a wait without any effect. */
export function stopWaiting(wait: Wait): void {
  if (!waits.delete(wait)) return;
  fresh.delete(wait);
  if (wait.place >= 0) part("waiting").deadlines.delete(wait);
  if (wait.isLoud) loud -= 1;
  if (wait.mayBeUpdate) updates -= 1;
  if (wait.types !== undefined) part("waiting").removeReceiver(wait.types, wait);
}

/** Like {@link stopWaiting}, but the wait may be resumed: its deadline stays the same. */
export function pauseWaiting(wait: Wait): void {
  if (fresh.has(wait)) fixDeadlines();
  stopWaiting(wait);
}

/** Resumes a wait that was paused, or that got a message that was not meant for it. */
export function resumeWaiting(wait: Wait): void {
  if (waits.has(wait)) return;
  waits.add(wait);
  if (wait.deadline !== undefined) part("waiting").deadlines.add(wait);
  else if (wait.milliseconds !== undefined) fresh.add(wait);
  if (wait.isLoud) loud += 1;
  if (wait.mayBeUpdate) updates += 1;
  if (wait.types !== undefined) part("waiting").addReceiver(wait.types, wait);
  wait.since = turn;
}

/** Records that somebody starts waiting for it now. */
export function waitAnew(wait: Wait): void {
  if (wait.since === turn || !waits.has(wait)) return;
  wait.since = turn;
  if (wait.types === undefined) return;
  part("waiting").removeReceiver(wait.types, wait);
  part("waiting").addReceiver(wait.types, wait);
}

/** Records that somebody listens to a signal's timeout. */
export function makeLoud(wait: Wait): void {
  if (wait.isLoud) return;
  wait.isLoud = true;
  if (waits.has(wait)) loud += 1;
}

/** The number of waits, and how many of them anybody is interested in. */
export function waitCounts(): { readonly all: number; readonly loud: number } {
  return { all: waits.size, loud };
}

/** The only wait, if it needs no deadline because nothing else is running. */
export function onlyWait(): Wait | undefined {
  if (waits.size !== 1) return undefined;
  for (const wait of waits) return wait.deadline === undefined ? wait : undefined;
  return undefined;
}

/**
 * Call it before a host call that takes time: earlier waits began before it. A host can do only one wait at a time, so
 * deadlines are needed only if there are several: a workflow that waits for one thing never reads the clock.
 *
 * @returns the current time, if it had to read the clock.
 */
export function fixDeadlines(): number | undefined {
  return fresh.size === 0 ? undefined : part("waiting").addDeadlines();
}

/** Whether any of the awaited messages may be updates. */
export function mayBeUpdates(): boolean {
  return updates > 0;
}

/** Ends a wait because its time is up. */
export function endByTime(wait: Wait): void {
  stopWaiting(wait);
  wait.timeIsUp();
}
