import type { Workflow } from "./workflows.ts";

/** The names of engines in files and options. */
export type EngineId =
  | "flawless"
  | "flawless-postgres"
  | "restate"
  | "temporal"
  | "temporal-memory"
  | "dbos"
  | "obelisk";

/** An engine's name in the report, and the notes needed to read its figures. */
export interface EngineDescription {
  readonly id: EngineId;
  readonly name: string;
  /** What ran, with versions. */
  readonly versions: string;
  /** What makes a response durable, or that nothing does. */
  readonly durability: string;
  /** What each step of a workflow is. */
  readonly step: string;
  /** How callers connect to it. */
  readonly callers: string;
  /** When it counts as ready. */
  readonly ready: string;
  /** Its processes: the memory of all of them counts. */
  readonly processes: string;
}

/** An engine that can run on this machine. */
export interface Engine extends EngineDescription {
  /** Starts it without any data. */
  start(options: StartOptions): Promise<RunningEngine>;
}

/** The parameters for starting an engine. */
export interface StartOptions {
  /** An empty directory for the engine's files. */
  readonly directory: string;
  /** The max number of connections that callers need at the same time. */
  readonly connections: number;
  /** The URL for the workflows' requests. */
  readonly siteUrl: string;
}

/**
 * A running engine, including everything that runs its workflows. None of its processes are left once it is disposed
 * of.
 */
export interface RunningEngine extends AsyncDisposable {
  /** When the first process was started, by `performance.now()`. */
  readonly startedAt: number;
  /** Milliseconds from then until the server first appears ready. */
  readonly readyMs: number;
  /** The processes that were started; their children belong to them. */
  readonly processes: readonly number[];
  /** Starts a workflow and waits for its response. */
  call(workflow: Workflow): Promise<unknown>;
  /** Shuts it down properly. */
  stop(): Promise<void>;
  /** The bytes of its files that contain workflows, after `stop`; undefined if nothing is on disk. */
  bytesOnDisk(): number | undefined;
}

/** An engine, or why it is not available on this machine. */
export type FoundEngine =
  | { readonly engine: Engine }
  | { readonly id: EngineId; readonly name: string; readonly missing: string };
