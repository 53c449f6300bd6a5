import type { HeardCancellation } from "@flawless-ts/wasm-module/internal";
import type { WorkflowStatus, WorkflowWaiting } from "@flawless-ts/sdk";
import { charactersOf } from "../workflow/thrown-error.ts";
import type { Labels } from "../workflow/labels.ts";
import type { WorkflowFailure } from "../workflow/workflow-failure.ts";

/** The part of a workflow that changes while it runs. */
export interface WorkflowState {
  readonly status: WorkflowStatus;
  /**
   * When to run the workflow again (milliseconds since the Unix epoch): 0 means immediately (it was computing, or a
   * request was in flight), `null` not before a message arrives, or never.
   */
  readonly wakeAt: number | null;
  readonly waiting: WorkflowWaiting | null;
  readonly response: string | null;
  readonly endedAt: number | null;
  readonly failure: WorkflowFailure | null;
  /**
   * The deadline by which a workflow that was asked to cancel must have ended (milliseconds since the Unix epoch);
   * `null` if nobody asked.
   */
  readonly cancelBy: number | null;
  /** The number of the run: 1, plus how often it continued as new, with another input and an empty journal. */
  readonly run: number;
  /** The position of this run's first append. */
  readonly journalStart: number;
  /**
   * Whether it started children that must be asked to cancel when it ends. Once it has ended: whether that is still to
   * be done.
   */
  readonly hasBoundChildren: boolean;
}

/** A workflow as it is stored. */
export interface StoredWorkflow extends WorkflowState {
  readonly id: number;
  readonly module: string;
  readonly version: string;
  readonly moduleHash: string;
  readonly workflow: string;
  readonly input: string;
  readonly createdAt: number;
  readonly parent: number | null;
  /** The workflow started by a caller that this one descends from; its own id if it has no parent. */
  readonly root: number;
  /** How many ancestors it has: 0 if it has no parent. */
  readonly depth: number;
  readonly idempotencyKey: string | null;
  /** Whether its caller doesn't wait, but reads the response later: to the workflow, the caller is always there. */
  readonly detached: boolean;
  /** Whether it is asked to cancel when its parent ends. */
  readonly bound: boolean;
  /** Changed by separate writes. */
  readonly labels: Labels;
}

/** A message waiting in a workflow's mailbox. */
export interface StoredMessage {
  readonly sequence: number;
  readonly type: string;
  readonly data: string;
  readonly at: number;
  /** If it is an update: the number by which it is answered, from 1 on. */
  readonly update?: number;
}

/** A deployed module; several names and versions may share the same bytes. */
export interface StoredModule {
  readonly name: string;
  readonly version: string;
  readonly hash: string;
  readonly deployedAt: number;
  /** Null if nobody has inspected it yet. */
  readonly inspection: ModuleInspection | null;
}

/** A schedule, by which workflows are started. */
export interface StoredSchedule {
  readonly name: string;
  /** JSON text: the definition, without the input of its workflows. */
  readonly spec: string;
  /** JSON text: the input of its workflows. */
  readonly input: string;
  /** JSON text: what it has done so far. */
  readonly state: string;
}

/** What was found in a module when it was deployed, so that a server needn't inspect it again when it starts. */
export interface ModuleInspection {
  /** The version of the inspector: results of other versions are not relied on. */
  readonly inspector: number;
  readonly sizeBytes: number;
  readonly workflows: readonly string[];
  /** The number of its function types. */
  readonly functionTypes: number;
  /** How its workflows learn that they are cancelled. */
  readonly cancellation: HeardCancellation;
}

/** One change; a transaction is a list of them. */
export type StoreWrite =
  | {
      readonly kind: "create";
      readonly workflow: StoredWorkflow;
      /** For a restart or a fork: the workflow whose input, or steps, it takes. */
      readonly from?: number;
    }
  | { readonly kind: "state"; readonly id: number; readonly state: WorkflowState }
  | {
      /** Lines to append to a workflow's journal (see journal-line.ts). */
      readonly kind: "append";
      readonly id: number;
      /** Counts a workflow's appends from 0; the same position can't be used twice. */
      readonly position: number;
      readonly lines: string;
    }
  | {
      /** A workflow continues as new: with this input, and without the appends before this position. */
      readonly kind: "continue";
      readonly id: number;
      readonly input: string;
      readonly journalStart: number;
    }
  | {
      readonly kind: "receive";
      readonly id: number;
      readonly message: StoredMessage;
      /** The workflow that sent it, if one did. */
      readonly from?: number;
    }
  | { readonly kind: "consume"; readonly id: number; readonly sequence: number }
  | {
      /** Sets a note of a workflow, replacing the previous one of that name. */
      readonly kind: "note";
      readonly id: number;
      readonly name: string;
      /** Null deletes the note. */
      readonly value: string | null;
    }
  | {
      /** Sets a label of a workflow, replacing the previous value of its key. */
      readonly kind: "label";
      readonly id: number;
      readonly key: string;
      /** Null deletes the label. */
      readonly value: string | null;
    }
  | {
      /** Replaces the schedule of that name. */
      readonly kind: "schedule";
      readonly schedule: StoredSchedule;
    }
  | { readonly kind: "unschedule"; readonly name: string }
  | { readonly kind: "deploy"; readonly module: StoredModule; readonly bytes: Uint8Array };

/** A range of a workflow's appends, of those that exist. Positions continue across all of its runs. */
export interface AppendPositions {
  readonly from: number;
  readonly count: number;
}

/** A time at which a workflow must be run again. */
export interface Wakeup {
  readonly id: number;
  readonly wakeAt: number;
}

/** The number of workflows in each state. */
export interface WorkflowCounts extends Readonly<Record<WorkflowStatus, number>> {
  /** The number of running workflows that wait for a time: a sleep, or a message with a timeout. */
  readonly sleeping: number;
}

/** Which workflows to list; ids descend from `below`. */
export interface StoredWorkflowFilter {
  readonly status?: WorkflowStatus | undefined;
  /** Only the running descendants of this root. */
  readonly runningDescendantsOf?: number | undefined;
  /** Only the running children of this parent that are to be asked to cancel when it ends. */
  readonly runningBoundTo?: number | undefined;
  /** Only those that have ended, and whose bound children are yet to be asked to cancel. */
  readonly endedWithBoundChildren?: true | undefined;
  /** Only the children of this workflow. */
  readonly childrenOf?: number | undefined;
  readonly module?: string | undefined;
  readonly version?: string | undefined;
  readonly workflow?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /** Only those that have all of these labels. */
  readonly labels?: Labels | undefined;
  /** Only those that began at or after one time, and before another (milliseconds since the Unix epoch). */
  readonly createdFrom?: number | undefined;
  readonly createdBefore?: number | undefined;
  readonly endedFrom?: number | undefined;
  readonly endedBefore?: number | undefined;
  /** The prefix of the idempotency key. */
  readonly keyPrefix?: string | undefined;
  /** The prefix of the workflow's name. */
  readonly namePrefix?: string | undefined;
  /** A text that the input's JSON contains. Encrypted inputs never match. */
  readonly inputText?: string | undefined;
  /** How to find them. Default: the database decides. */
  readonly by?: SearchBy | undefined;
  /** Only this id and higher ones. */
  readonly from?: number | undefined;
  readonly below?: number | undefined;
  readonly limit: number;
  /**
   * Ends the list with the workflow that brings it to this many characters (see `listedCharacters`). Default: no limit.
   */
  readonly characters?: number | undefined;
}

/**
 * The workflows to search: all, or those with a label, with the filter's status, or with a key that has its
 * `keyPrefix`. There is an index for each.
 */
export type SearchBy = "all" | "status" | "keys" | { readonly label: string };

/** How far to walk. */
export interface Walk {
  /** The max number of workflows. */
  readonly most: number;
  /** The max length of all their inputs together (bytes); at least one workflow is walked. Default: no limit. */
  readonly inputBytes?: number | undefined;
}

/** How far the walk got. */
export interface Walked {
  readonly count: number;
  /** The lowest id down to which all were walked; null if none are left. */
  readonly lowest: number | null;
}

/** The number of characters that a workflow takes in a list. */
export function listedCharacters({ response, failure, waiting }: StoredWorkflow): number {
  const types = waiting?.on === "message" ? waiting.types : [];
  return types.reduce(
    (sum, type) => sum + type.length,
    (response?.length ?? 0) + (failure === null ? 0 : charactersOf(failure)),
  );
}

/**
 * Stores workflows with their journals, mailboxes and notes, and modules. Every read sees all commits requested before
 * it. A failed commit changes nothing.
 */
export interface WorkflowStore {
  /**
   * Makes the writes durable, all or none. Resolves once they would survive a power cut.
   *
   * @param writes to retry a commit, pass the same array: if an answer was lost, a store recognizes by it that the
   * writes may be there already
   * @throws StoreWriteError
   */
  commit(writes: readonly StoreWrite[]): Promise<void>;
  /** @param reader the workflow, if any, that learns how this one ended */
  workflow(id: number, reader?: number): Promise<StoredWorkflow | undefined>;
  workflowByIdempotencyKey(key: string): Promise<StoredWorkflow | undefined>;
  /** Newest first. Inputs are omitted: they are empty here. */
  list(filter: StoredWorkflowFilter): Promise<readonly StoredWorkflow[]>;
  /** Like `list`, but only ids. It reads no texts, however long they are. */
  ids(filter: StoredWorkflowFilter): Promise<readonly number[]>;
  /** Counts, from `below` down to `from`, what a list by `by` would look through. Ignores the rest of the filter. */
  walk(filter: StoredWorkflowFilter, by: SearchBy, walk: Walk): Promise<Walked>;
  /**
   * The lines of this run's appends, in order, one text for each append: all of them, or those at the given positions.
   */
  lines(id: number, positions?: AppendPositions): Promise<readonly string[]>;
  mailbox(id: number): Promise<readonly StoredMessage[]>;
  /** The note of a workflow with this name. */
  note(id: number, name: string): Promise<string | undefined>;
  /** The next running workflows to wake after `after`, by time and then id. */
  wakeups(after: Wakeup | null, limit: number): Promise<readonly Wakeup[]>;
  /** The number of workflows. It may read all of an index, so don't call it often. */
  counts(): Promise<WorkflowCounts>;
  /** The number of running workflows. Workflows that have ended don't make it slower. */
  running(): Promise<number>;
  /** The highest id in use; 0 if there is none. */
  lastId(): Promise<number>;
  /**
   * Deletes workflows that ended before a time (milliseconds since the Unix epoch), with their journals, messages,
   * notes, labels and idempotency keys, and frees their space. It deletes the oldest ends first, and few enough that
   * writes don't wait for long. It keeps the workflow with the highest id, so that no id is used twice, and any whose
   * bound children are yet to be asked to cancel.
   * @returns how many were deleted; 0 if none are left
   * @throws StoreWriteError
   */
  prune(endedBefore: number, limit: number): Promise<number>;
  schedule(name: string): Promise<StoredSchedule | undefined>;
  /** After `after`, ordered by name. Inputs are omitted: they are empty here. */
  schedules(after: string | null, limit: number): Promise<readonly StoredSchedule[]>;
  modules(): Promise<readonly StoredModule[]>;
  moduleBytes(hash: string): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}

/** Thrown if a store could not write. The transaction had no effect. */
export class StoreWriteError extends Error {
  /** Whether the same transaction may succeed later, as with a full disk. */
  readonly retryable: boolean;

  constructor(message: string, options: { readonly retryable: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = "StoreWriteError";
    this.retryable = options.retryable;
  }
}

/**
 * Thrown by the store of a partition that has another owner now. Nothing was written, and nothing will be: the caller
 * must not act for the partition any more.
 */
export class FencedError extends StoreWriteError {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { retryable: false, cause: options.cause });
    this.name = "FencedError";
  }
}
