import { Deadlines, type Timed } from "./deadlines.ts";

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

/** What the workflow waits for, in the order in which it began to. */
const waits = new Set<Wait>();
/** Those of them that time ends, but whose end nobody had to know yet. */
const fresh = new Set<Wait>();
const deadlines = new Deadlines<Wait>();
/** By type; who began to wait last is at the end. */
const receivers = new Map<string, Wait[]>();
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
  return add(milliseconds, undefined, timeIsUp, ignore, { isLoud, mayBeUpdate: false });
}

/** Calls `received` when a message of one of these types comes, or `timeIsUp` if that is sooner. */
export function waitForMessage(
  types: readonly string[],
  milliseconds: number | undefined,
  received: Wait["received"],
  timeIsUp: () => void,
  mayBeUpdate = false,
): Wait {
  return add(milliseconds, types, timeIsUp, received, { isLoud: true, mayBeUpdate });
}

/** How many milliseconds a wait that time ends has left. */
export function timeLeft({ deadline, milliseconds = 0 }: Wait): number {
  return deadline === undefined ? milliseconds : Math.max(0, deadline - Date.now());
}

/** Ends a wait without anything happening. */
export function stopWaiting(wait: Wait): void {
  if (!waits.delete(wait)) return;
  fresh.delete(wait);
  deadlines.delete(wait);
  if (wait.isLoud) loud -= 1;
  if (wait.mayBeUpdate) updates -= 1;
  for (const type of wait.types ?? []) removeReceiver(type, wait);
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
  if (wait.deadline !== undefined) deadlines.add(wait);
  else if (wait.milliseconds !== undefined) fresh.add(wait);
  if (wait.isLoud) loud += 1;
  if (wait.mayBeUpdate) updates += 1;
  for (const type of wait.types ?? []) addReceiver(type, wait);
  wait.since = turn;
}

/** Notes that somebody begins to wait for it now. */
export function waitAnew(wait: Wait): void {
  if (wait.since === turn || !waits.has(wait)) return;
  wait.since = turn;
  for (const type of wait.types ?? []) {
    removeReceiver(type, wait);
    addReceiver(type, wait);
  }
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
  if (fresh.size === 0) return undefined;
  const now = Date.now();
  for (const wait of fresh) {
    wait.deadline = now + (wait.milliseconds ?? 0);
    deadlines.add(wait);
  }
  fresh.clear();
  return now;
}

/** The first wait that time ends, and in how many milliseconds. */
export function firstToEnd(): { readonly wait: Wait; readonly left: number } | undefined {
  const asked = fixDeadlines();
  const wait = deadlines.first;
  if (wait?.deadline === undefined) return undefined;
  return { wait, left: Math.max(0, wait.deadline - (asked ?? Date.now())) };
}

/** Types of messages that somebody waits for. */
export function awaitedTypes(): string[] {
  return [...receivers.keys()];
}

/** Whether some of them may be updates. */
export function mayBeUpdates(): boolean {
  return updates > 0;
}

/** Ends a wait because its time is up. */
export function endByTime(wait: Wait): void {
  stopWaiting(wait);
  wait.timeIsUp();
}

/** Gives a message to whoever is to have it. @returns false where nobody waits for it. */
export function deliver(message: HostMessage): boolean {
  const list = receivers.get(message.type) ?? [];
  let index = list.length - 1;
  const last = list[index];
  if (last === undefined) return false;
  // Of those who began to wait in the same turn the first.
  while (list[index - 1]?.since === last.since) index -= 1;
  const wait = list[index] ?? last;
  stopWaiting(wait);
  wait.received(message);
  return true;
}

function add(
  milliseconds: number | undefined,
  types: readonly string[] | undefined,
  timeIsUp: () => void,
  received: Wait["received"],
  { isLoud, mayBeUpdate }: Pick<Wait, "isLoud" | "mayBeUpdate">,
): Wait {
  lastOrder += 1;
  const wait: Wait = {
    milliseconds,
    deadline: undefined,
    types,
    mayBeUpdate,
    timeIsUp,
    received,
    isLoud,
    since: turn,
    place: -1,
    order: lastOrder,
  };
  resumeWaiting(wait);
  return wait;
}

function addReceiver(type: string, wait: Wait): void {
  const list = receivers.get(type);
  if (list === undefined) receivers.set(type, [wait]);
  else if (list.at(-1) !== wait) list.push(wait);
}

function removeReceiver(type: string, wait: Wait): void {
  const list = receivers.get(type);
  // Who waits no more has mostly begun last.
  const index = list?.lastIndexOf(wait) ?? -1;
  if (index >= 0) list?.splice(index, 1);
  if (list?.length === 0) receivers.delete(type);
}
