/** One workflow that is a restart or a fork of another one, as either of both keeps it. */
export interface NotedRestart {
  /** The number of the other one. */
  readonly id: number;
  /** How many steps were taken over; null: none, as it is a restart. */
  readonly fromStep: number | null;
}

/** What is kept of a restart that was asked for with a key. */
export interface KeyedRestart {
  readonly id: number;
  /** Tells requests with the same key apart. */
  readonly request: string;
}

/** Under this name a workflow keeps which one it was started again from. */
export const originNote = "restarted from";
/** Under this name a workflow keeps those that were started again from it, the oldest first. */
export const restartsNote = "restarts";
/** So many of them are kept: the newest. */
const keptRestarts = 100;

/** Under this name a workflow keeps what a request with a key made of it. */
export function keyNote(key: string): string {
  return `restart of ${key}`;
}

export function writeNote(value: NotedRestart | KeyedRestart): string {
  return JSON.stringify(value);
}

export function readOrigin(note: string | undefined): NotedRestart | null {
  return note === undefined ? null : (JSON.parse(note) as NotedRestart);
}

export function readRestarts(note: string | undefined): readonly NotedRestart[] {
  return note === undefined ? [] : (JSON.parse(note) as readonly NotedRestart[]);
}

/** The note of a workflow with one restart more. */
export function withRestart(note: string | undefined, restart: NotedRestart): string {
  return JSON.stringify([...readRestarts(note), restart].slice(-keptRestarts));
}

export function readKeyed(note: string | undefined): KeyedRestart | undefined {
  return note === undefined ? undefined : (JSON.parse(note) as KeyedRestart);
}
