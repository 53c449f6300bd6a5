import { engine } from "./engine.ts";
import type { Operation } from "./operation.ts";

/** Something that the host does on its own, where it has the extensions for it. */
export interface Remote {
  /** JSON text of what `begin` and `run` take. */
  readonly describe: () => string;
  /** Does it by a host call of the ABI, which blocks until it has ended; undefined where the ABI has none. */
  readonly plain?: (() => void) | undefined;
  /** Hears its result. */
  readonly ended: (result: unknown) => void;
  /** Hears why it could not begin. */
  readonly failed: (error: unknown) => void;
  /** What it is called, where the host can't do it. */
  readonly feature: string;
  /** What to do then. */
  readonly advice?: string;
  /** Its number once it has begun; 0 before. */
  number: number;
  /** Whether somebody cares for its result. */
  isAwaited: boolean;
}

let isRunning = false;

/** To be called when a workflow begins: before, only the build runs the script. */
export function workflowBegins(): void {
  isRunning = true;
}

/** The host, as far as it has extensions. */
export const host: {
  /** Undefined as long as it was not asked for any. */
  hasExtensions: boolean | undefined;
  /** Ends what has begun, by its number; there once something has. */
  abort: ((number: number) => void) | undefined;
} = { hasExtensions: undefined, abort: undefined };

/** What was asked for, and has not begun yet; in this order. */
export const unbegun: Set<Remote> = new Set();
/** What goes on, and whose results somebody waits for, by number. */
export const begun: Map<number, Remote> = new Map();
/** What goes on though nobody cares any more, such as a race's losers: a host holds a result until it was taken. */
export const abandoned: Map<number, Remote> = new Map();

/** Asks for something: it begins when the workflow waits. */
function addRemote(remote: Omit<Remote, "number" | "isAwaited">): Remote {
  // The engine says that there is no host yet.
  if (!isRunning) engine.submit("");
  const added: Remote = { ...remote, number: 0, isAwaited: true };
  unbegun.add(added);
  return added;
}

/** The operation that such a thing is. */
export function remoteOperation(asked: Omit<Remote, "number" | "isAwaited">): Operation {
  const remote = addRemote(asked);
  return {
    // It goes on all the same.
    pause: () => setAwaited(remote, false),
    resume: () => setAwaited(remote, true),
    waitAnew: () => undefined,
    abort: () => {
      unbegun.delete(remote);
      takeBegun(remote.number);
      if (remote.number > 0) host.abort?.(remote.number);
    },
    needsTime: remote.plain === undefined,
  };
}

function setAwaited(remote: Remote, isAwaited: boolean): void {
  remote.isAwaited = isAwaited;
  if (remote.number > 0) markBegun(remote);
}

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
