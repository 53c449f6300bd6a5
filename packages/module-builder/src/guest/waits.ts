import { receiveMessage, sleep } from "./host.ts";

/** Something that ends after a while, or when a message comes. */
export interface Wait {
  /** How long from when it began; undefined: for ever. */
  readonly milliseconds: number | undefined;
  /** When it ends, in milliseconds since 1970; undefined as long as nothing else waits beside it. */
  deadline: number | undefined;
  /** Types of messages that end it; undefined for one that only time ends. */
  readonly types: readonly string[] | undefined;
  readonly timeIsUp: () => void;
  readonly received: (type: string, json: string) => void;
}

/** What the workflow waits for, in the order in which it began to. */
const waits: Wait[] = [];
const ignore = (): void => undefined;

/** Calls `timeIsUp` after so many milliseconds. */
export function waitForTime(milliseconds: number, timeIsUp: () => void): Wait {
  return add({ milliseconds, deadline: undefined, types: undefined, timeIsUp, received: ignore });
}

/** Calls `received` when a message of one of these types comes, or `timeIsUp` if that is sooner. */
export function waitForMessage(
  types: readonly string[],
  milliseconds: number | undefined,
  received: Wait["received"],
  timeIsUp: () => void,
): void {
  add({ milliseconds, deadline: undefined, types, timeIsUp, received });
}

/** How many milliseconds a wait that time ends has left. */
export function timeLeft({ deadline, milliseconds = 0 }: Wait): number {
  return deadline === undefined ? milliseconds : Math.max(0, deadline - Date.now());
}

/** Ends a wait without anything happening. */
export function stopWaiting(wait: Wait): void {
  const index = waits.indexOf(wait);
  if (index >= 0) waits.splice(index, 1);
}

/**
 * To be called before a host call that takes time: what waits began before it. The host has only one wait at a time,
 * and only here is it needed to know when each of several ends: a workflow that waits for one thing never asks.
 */
export function fixDeadlines(): void {
  const open = waits.filter(
    ({ deadline, milliseconds }) => deadline === undefined && milliseconds !== undefined,
  );
  if (open.length === 0) return;
  const now = Date.now();
  for (const wait of open) wait.deadline = now + (wait.milliseconds ?? 0);
}

/**
 * Waits until one of the waits ends.
 *
 * @returns false when there is none.
 */
export function waitForNext(): boolean {
  const [only, second] = waits;
  if (only === undefined) return false;
  if (second === undefined && only.deadline === undefined) {
    pause(only.types, only.milliseconds, () => end(only, only.timeIsUp));
    return true;
  }
  fixDeadlines();
  const next = firstToEnd();
  const types = new Set(waits.flatMap((wait) => wait.types ?? []));
  const left = next?.deadline === undefined ? undefined : Math.max(0, next.deadline - Date.now());
  pause(types.size === 0 ? undefined : [...types], left, () => {
    if (next !== undefined) end(next, next.timeIsUp);
  });
  return true;
}

function add(wait: Wait): Wait {
  waits.push(wait);
  return wait;
}

function firstToEnd(): Wait | undefined {
  let first: Wait | undefined;
  for (const wait of waits) {
    if ((wait.deadline ?? Infinity) < (first?.deadline ?? Infinity)) first = wait;
  }
  return first;
}

function pause(
  types: readonly string[] | undefined,
  milliseconds: number | undefined,
  timeIsUp: () => void,
): void {
  if (types === undefined) {
    sleep(milliseconds ?? 0);
    timeIsUp();
    return;
  }
  const message = receiveMessage(milliseconds, types);
  const receiver =
    message && waits.find((wait) => wait.types !== undefined && wait.types.includes(message.type));
  if (message === undefined || receiver === undefined) timeIsUp();
  else end(receiver, () => receiver.received(message.type, message.json));
}

function end(wait: Wait, happens: () => void): void {
  stopWaiting(wait);
  happens();
}
