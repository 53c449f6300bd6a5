/** The relation of a workflow to a restart or fork of it, as each of the two stores it. */
export interface NotedRestart {
  /** The number of the other workflow. */
  readonly id: number;
  /** The number of copied steps; null for a restart, which copies none. */
  readonly fromStep: number | null;
}

/** What is stored about a restart that was requested with a key. */
export interface KeyedRestart {
  readonly id: number;
  /** Distinguishes requests with the same key. */
  readonly request: string;
}

/** The name under which a workflow stores which one it was restarted from. */
export const originNote = "restarted from";
/** The name under which a workflow stores its restarts, oldest first. */
export const restartsNote = "restarts";
/** So many of the newest restarts are stored. */
const keptRestarts = 100;

/** The name under which a workflow stores the restart that a request with a key created. */
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

/** The note of a workflow with one more restart. */
export function withRestart(note: string | undefined, restart: NotedRestart): string {
  return JSON.stringify([...readRestarts(note), restart].slice(-keptRestarts));
}

export function readKeyed(note: string | undefined): KeyedRestart | undefined {
  return note === undefined ? undefined : (JSON.parse(note) as KeyedRestart);
}
