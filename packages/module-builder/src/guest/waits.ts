import type { Timed } from "./waiting/deadlines.ts";
import { part } from "./part-loader.ts";

/** A message as the host gives it. */
export interface HostMessage {
  readonly type: string;
  readonly data: unknown;
  /** The number by which it is answered, where it is an update. */
  readonly update?: number;
}

/** Something that ends after a while, or when a message comes. */
export interface Wait extends Timed {
  /** How long from when it began; undefined: forever. */
  readonly milliseconds: number | undefined;
  /** Types of messages that end it; undefined for one that only time ends. */
  readonly types: readonly string[] | undefined;
  /** Whether some of the types may be updates, of which only a host with extensions tells. */
  readonly mayBeUpdate: boolean;
  readonly timeIsUp: () => void;
  readonly received: (message: HostMessage) => void;
  /** Whether somebody cares: not so of a signal's time-out that nobody listens to. */
  isLoud: boolean;
  /** In which turn somebody began to wait for it last. */
  since: number;
}

/** What is told of a wait when it begins. */
export type NewWait = Pick<Wait, "milliseconds" | "types" | "mayBeUpdate" | "isLoud"> &
  Pick<Wait, "timeIsUp" | "received">;

/** What the workflow waits for, in the order in which it began to. */
const waits = new Set<Wait>();
/** Those of them that time ends, but whose end nobody had to know yet. */
export const fresh: Set<Wait> = new Set();
let turn = 0;
let lastOrder = 0;
let loud = 0;
let updates = 0;
const ignore = (): void => undefined;

/** Everything that goes on until the next host call that waits is one turn. */
export function nextTurn(): void {
  turn += 1;
}

/** Calls `timeIsUp` after so many milliseconds. */
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

/** Ends a wait without anything happening. */
export function stopWaiting(wait: Wait): void {
  if (!waits.delete(wait)) return;
  fresh.delete(wait);
  if (wait.place >= 0) part("waiting").deadlines.delete(wait);
  if (wait.isLoud) loud -= 1;
  if (wait.mayBeUpdate) updates -= 1;
  if (wait.types !== undefined) part("waiting").removeReceiver(wait.types, wait);
}

/** As {@link stopWaiting}, for one that may go on: it ends when it would have. */
export function pauseWaiting(wait: Wait): void {
  if (fresh.has(wait)) fixDeadlines();
  stopWaiting(wait);
}

/** Lets one go on that was paused, or that got a message that was not for it. */
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

/** Notes that somebody begins to wait for it now. */
export function waitAnew(wait: Wait): void {
  if (wait.since === turn || !waits.has(wait)) return;
  wait.since = turn;
  if (wait.types === undefined) return;
  part("waiting").removeReceiver(wait.types, wait);
  part("waiting").addReceiver(wait.types, wait);
}

/** Notes that somebody listens to a signal's time-out. */
export function makeLoud(wait: Wait): void {
  if (wait.isLoud) return;
  wait.isLoud = true;
  if (waits.has(wait)) loud += 1;
}

/** How much the workflow waits for, and how much of it somebody cares for. */
export function waitCounts(): { readonly all: number; readonly loud: number } {
  return { all: waits.size, loud };
}

/** The only wait, where it needs no deadline because nothing else goes on. */
export function onlyWait(): Wait | undefined {
  if (waits.size !== 1) return undefined;
  for (const wait of waits) return wait.deadline === undefined ? wait : undefined;
  return undefined;
}

/**
 * To be called before a host call that takes time: what waits began before it. The host has only one wait at a time,
 * and only here is it needed to know when each of several ends: a workflow that waits for one thing never asks.
 *
 * @returns what time it is, where it had to ask.
 */
export function fixDeadlines(): number | undefined {
  return fresh.size === 0 ? undefined : part("waiting").addDeadlines();
}

/** Whether some of the awaited messages may be updates. */
export function mayBeUpdates(): boolean {
  return updates > 0;
}

/** Ends a wait because its time is up. */
export function endByTime(wait: Wait): void {
  stopWaiting(wait);
  wait.timeIsUp();
}
