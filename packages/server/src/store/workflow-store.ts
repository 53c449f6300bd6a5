import type { HeardCancellation } from "@flawless-ts/wasm-module/internal";
import type { WorkflowStatus, WorkflowWaiting } from "@flawless-ts/sdk";
import { charactersOf } from "../workflow/thrown-error.ts";
import type { Labels } from "../workflow/labels.ts";
import type { WorkflowFailure } from "../workflow/workflow-failure.ts";

/** The part of a workflow that changes while it runs. */
export interface WorkflowState {
  readonly status: WorkflowStatus;
  /**
   * When the workflow is to be run again (milliseconds since the Unix epoch): 0 for at once (it was
   * computing, or a request was under way), `null` for not before a message comes, or never.
   */
  readonly wakeAt: number | null;
  readonly waiting: WorkflowWaiting | null;
  readonly response: string | null;
  readonly endedAt: number | null;
  readonly failure: WorkflowFailure | null;
  /** By when one that was asked to cancel must have ended (milliseconds since the Unix epoch); `null` where nobody asked. */
  readonly cancelBy: number | null;
  /** Counts from 1: how often it went on anew, with another input and an empty journal, and once more. */
  readonly run: number;
  /** The position of this run's first append. */
  readonly journalStart: number;
  /**
   * Whether children were started that are to be asked to cancel when it ends. Once it has ended: whether that is still to be
   * done.
   */
  readonly hasBoundChildren: boolean;
}

/** A workflow as the store keeps it. */
export interface StoredWorkflow extends WorkflowState {
  readonly id: number;
  readonly module: string;
  readonly version: string;
  readonly moduleHash: string;
  readonly workflow: string;
  readonly input: string;
  readonly createdAt: number;
  readonly parent: number | null;
  /** The workflow that a caller started and that this one descends from; its own id where it has no parent. */
  readonly root: number;
  /** How many ancestors it has: 0 where it has no parent. */
  readonly depth: number;
  readonly idempotencyKey: string | null;
  /** Whether its caller does not wait, but reads the response later: to the workflow, the caller is always there. */
  readonly detached: boolean;
  /** Whether it is asked to cancel when its parent has ended. */
  readonly bound: boolean;
  /** They are changed by writes of their own. */
  readonly labels: Labels;
}

/** A message that waits in a workflow's mailbox. */
export interface StoredMessage {
  readonly sequence: number;
  readonly type: string;
  readonly data: string;
  readonly at: number;
  /** Where it is an update: the number by which it is answered, from 1 on. */
  readonly update?: number;
}

/** A module that was deployed; several names and versions may share the same bytes. */
export interface StoredModule {
  readonly name: string;
  readonly version: string;
  readonly hash: string;
  readonly deployedAt: number;
  /** Null where nobody has looked into it yet. */
  readonly inspection: ModuleInspection | null;
}

/** A schedule, by which workflows are started. */
export interface StoredSchedule {
  readonly name: string;
  /** JSON text that tells what it is, but for the input of its workflows. */
  readonly spec: string;
  /** JSON text: the input of its workflows. */
  readonly input: string;
  /** JSON text that tells what it did so far. */
  readonly state: string;
}

/** What was found in a module when it was deployed, so that a server that starts need not look again. */
export interface ModuleInspection {
  /** Version of the inspector: what another one found is not relied upon. */
  readonly inspector: number;
  readonly sizeBytes: number;
  readonly workflows: readonly string[];
  /** How many function types it has. */
  readonly functionTypes: number;
  /** How its workflows hear of being cancelled. */
  readonly cancellation: HeardCancellation;
}

/** One change; a transaction is a list of them. */
export type StoreWrite =
  | {
      readonly kind: "create";
      readonly workflow: StoredWorkflow;
      /** The workflow that it takes its input, or steps, from: where it is a restart or a fork. */
      readonly from?: number;
    }
  | { readonly kind: "state"; readonly id: number; readonly state: WorkflowState }
  | {
      /** Lines for the end of a workflow's journal (see journal-line.ts). */
      readonly kind: "append";
      readonly id: number;
      /** Counts a workflow's appends from 0; the same position twice is refused. */
      readonly position: number;
      readonly lines: string;
    }
  | {
      /** A workflow goes on anew: with this input, and without the appends before this position. */
      readonly kind: "continue";
      readonly id: number;
      readonly input: string;
      readonly journalStart: number;
    }
  | {
      readonly kind: "receive";
      readonly id: number;
      readonly message: StoredMessage;
      /** The workflow that sent it, where one did. */
      readonly from?: number;
    }
  | { readonly kind: "consume"; readonly id: number; readonly sequence: number }
  | {
      /** What is kept of a workflow under a name, in place of what was there before. */
      readonly kind: "note";
      readonly id: number;
      readonly name: string;
      /** Null: nothing any more. */
      readonly value: string | null;
    }
  | {
      /** A label of a workflow, in place of what its key had before. */
      readonly kind: "label";
      readonly id: number;
      readonly key: string;
      /** Null: none any more. */
      readonly value: string | null;
    }
  | {
      /** In place of the one of its name. */
      readonly kind: "schedule";
      readonly schedule: StoredSchedule;
    }
  | { readonly kind: "unschedule"; readonly name: string }
  | { readonly kind: "deploy"; readonly module: StoredModule; readonly bytes: Uint8Array };

/** Some of a workflow's appends, those that there are. Positions go on over all of its runs. */
export interface AppendPositions {
  readonly from: number;
  readonly count: number;
}

/** A time at which a workflow is to be run again. */
export interface Wakeup {
  readonly id: number;
  readonly wakeAt: number;
}

/** How many workflows there are in each state. */
export interface WorkflowCounts extends Readonly<Record<WorkflowStatus, number>> {
  /** Those of the running ones that wait for a time: a sleep, or a message with a time-out. */
  readonly sleeping: number;
}

/** Which workflows to list; ids go down from `below`. */
export interface StoredWorkflowFilter {
  readonly status?: WorkflowStatus | undefined;
  /** Only the descendants of this root that run. */
  readonly runningDescendantsOf?: number | undefined;
  /** Only the children of this parent that run, and are to be asked to cancel when it ends. */
  readonly runningBoundTo?: number | undefined;
  /** Only those that have ended, and whose bound children are still to be asked to cancel. */
  readonly endedWithBoundChildren?: true | undefined;
  /** Only those that this one started. */
  readonly childrenOf?: number | undefined;
  readonly module?: string | undefined;
  readonly version?: string | undefined;
  readonly workflow?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /** Only those that have all of these labels. */
  readonly labels?: Labels | undefined;
  /** Only those that began from one time on, and before another (milliseconds since the Unix epoch). */
  readonly createdFrom?: number | undefined;
  readonly createdBefore?: number | undefined;
  readonly endedFrom?: number | undefined;
  readonly endedBefore?: number | undefined;
  /** How the idempotency key begins. */
  readonly keyPrefix?: string | undefined;
  /** How the workflow's name begins. */
  readonly namePrefix?: string | undefined;
  /** What is in the input's JSON text. Encrypted inputs have nothing in them. */
  readonly inputText?: string | undefined;
  /** How they are found. Default: as the database sees fit. */
  readonly by?: SearchBy | undefined;
  /** Only ids from this one on. */
  readonly from?: number | undefined;
  readonly below?: number | undefined;
  readonly limit: number;
  /** Ends the list with the workflow that makes it so many characters long (see `listedCharacters`). Default: no limit. */
  readonly characters?: number | undefined;
}

/**
 * What workflows are looked for in: all of them, or those with a label, with the filter's status, or with a key of its
 * `keyPrefix`. Each has an index.
 */
export type SearchBy = "all" | "status" | "keys" | { readonly label: string };

/** How far to walk. */
export interface Walk {
  /** How many workflows at most. */
  readonly most: number;
  /** How long their inputs may be together (bytes); one is walked in any case. Default: any length. */
  readonly inputBytes?: number | undefined;
}

/** How far it was. */
export interface Walked {
  readonly count: number;
  /** The lowest id down to which all were walked; null where there is nothing below. */
  readonly lowest: number | null;
}

/** Characters that a workflow takes in a list. */
export function listedCharacters({ response, failure, waiting }: StoredWorkflow): number {
  const types = waiting?.on === "message" ? waiting.types : [];
  return types.reduce(
    (sum, type) => sum + type.length,
    (response?.length ?? 0) + (failure === null ? 0 : charactersOf(failure)),
  );
}

/**
 * Where workflows, their journals, mailboxes and notes, and modules are kept. Every read sees all commits
 * that were asked for before it. A failed commit changes nothing.
 */
export interface WorkflowStore {
  /**
   * Makes the writes durable, all or none. It resolves once they would survive a power cut.
   *
   * @param writes whoever tries a commit again gives the same array: where an answer was lost, a store tells by it that the
   * writes may be there already
   * @throws StoreWriteError
   */
  commit(writes: readonly StoreWrite[]): Promise<void>;
  /** @param reader the workflow that is told how this one ended, where one is */
  workflow(id: number, reader?: number): Promise<StoredWorkflow | undefined>;
  workflowByIdempotencyKey(key: string): Promise<StoredWorkflow | undefined>;
  /** Newest first, without their inputs: those are empty here. */
  list(filter: StoredWorkflowFilter): Promise<readonly StoredWorkflow[]>;
  /** As `list`, ids only. It reads no texts, however long they are. */
  ids(filter: StoredWorkflowFilter): Promise<readonly number[]>;
  /**
   * Counts, from `below` down to `from`, what a list by `by` would look through. Without a look at anything else of the filter.
   */
  walk(filter: StoredWorkflowFilter, by: SearchBy, walk: Walk): Promise<Walked>;
  /** The lines of this run's appends, in order, one text for each: of all, unless positions are named. */
  lines(id: number, positions?: AppendPositions): Promise<readonly string[]>;
  mailbox(id: number): Promise<readonly StoredMessage[]>;
  /** What is kept of a workflow under a name. */
  note(id: number, name: string): Promise<string | undefined>;
  /** The next running workflows to wake, by time and then id, from after `after` on. */
  wakeups(after: Wakeup | null, limit: number): Promise<readonly Wakeup[]>;
  /** How many workflows there are. It may read all of an index: ask now and then. */
  counts(): Promise<WorkflowCounts>;
  /** How many workflows run. It takes no longer for those that ended. */
  running(): Promise<number>;
  /** The highest id in use; 0 where there is none. */
  lastId(): Promise<number>;
  /**
   * Forgets workflows that ended before a time (milliseconds since the Unix epoch), with their journals, messages, notes, labels
   * and idempotency keys, and gives their space back. It forgets the oldest ends first, and few enough for writes not to
   * wait for long. The workflow with the highest id stays, so that no id is given twice; so does one whose bound children are
   * still to be asked to cancel.
   * @returns how many were forgotten; 0 where none is left
   * @throws StoreWriteError
   */
  prune(endedBefore: number, limit: number): Promise<number>;
  schedule(name: string): Promise<StoredSchedule | undefined>;
  /** In the order of their names, from after `after` on, without their inputs: those are empty here. */
  schedules(after: string | null, limit: number): Promise<readonly StoredSchedule[]>;
  modules(): Promise<readonly StoredModule[]>;
  moduleBytes(hash: string): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}

/** Thrown by a store that could not write. The transaction had no effect. */
export class StoreWriteError extends Error {
  /** Whether the same transaction may succeed later, as on a full disk. */
  readonly retryable: boolean;

  constructor(message: string, options: { readonly retryable: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = "StoreWriteError";
    this.retryable = options.retryable;
  }
}

/**
 * Thrown by the store of a partition that has another owner by now. Nothing was written, and nothing will be: whoever
 * gets it must not act for the partition any more.
 */
export class FencedError extends StoreWriteError {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { retryable: false, cause: options.cause });
    this.name = "FencedError";
  }
}
