import type { Workflow } from "./workflows.ts";

/** Names of engines in files and options. */
export type EngineId =
  | "flawless"
  | "flawless-postgres"
  | "restate"
  | "temporal"
  | "temporal-memory"
  | "dbos";

/** What an engine is called in the report, and in which words its figures are to be read. */
export interface EngineDescription {
  readonly id: EngineId;
  readonly name: string;
  /** What was run, with versions. */
  readonly versions: string;
  /** What makes an answer durable, or that nothing does. */
  readonly durability: string;
  /** What each of the steps of a workflow is. */
  readonly step: string;
  /** How callers reach it. */
  readonly callers: string;
  /** What ready means for it. */
  readonly ready: string;
  /** Which processes there are: the memory of all of them counts. */
  readonly processes: string;
}

/** An engine that can be run on this machine. */
export interface Engine extends EngineDescription {
  /** Starts it with empty files. */
  start(options: StartOptions): Promise<RunningEngine>;
}

/** Where an engine is started, and what it gets. */
export interface StartOptions {
  /** An empty directory for the engine's files. */
  readonly directory: string;
  /** As many connections as callers may need at the same time. */
  readonly connections: number;
  /** Where the requests of workflows go. */
  readonly siteUrl: string;
}

/** An engine with whatever runs its workflows. Every process of it is gone once it is disposed of. */
export interface RunningEngine extends AsyncDisposable {
  /** When the first process was started, by `performance.now()`. */
  readonly startedAt: number;
  /** Milliseconds from then to the first sign that the server is ready. */
  readonly readyMs: number;
  /** The processes that were started; their children count with them. */
  readonly processes: readonly number[];
  /** Starts a workflow and waits for its response. */
  call(workflow: Workflow): Promise<unknown>;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Bytes of its files that hold workflows, after `stop`; undefined where nothing is on disk. */
  bytesOnDisk(): number | undefined;
}

/** An engine, or why it can't be had on this machine. */
export type FoundEngine =
  | { readonly engine: Engine }
  | { readonly id: EngineId; readonly name: string; readonly missing: string };
