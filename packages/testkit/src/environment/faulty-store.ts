import { StoreWriteError, type WorkflowStore, type StoreWrite } from "@flawless-ts/server/internal";
import { nextTurn } from "./real-timers.ts";

/** Faults of the store of workflows; commits are counted from 1 over the environment's life. */
export interface StoreFaults {
  /** These commits fail as on a full disk; the engine retries them. */
  readonly failCommits?: readonly number[];
  /** How many turns of the event loop each commit takes. Default 0. */
  readonly slowTurns?: number;
}

/** Where a crash hits: before the n-th commit is durable, or right after it is. */
export interface CrashPoint {
  readonly commit: number;
  readonly when: "before" | "after";
}

/** Counts the writes to an environment's store, over all its engines. */
export class CommitCounter {
  /** Commits, durable or not. */
  count = 0;
  /** Durable messages, by workflow. */
  readonly messages: Map<number, number> = new Map();

  noteDurable(writes: readonly StoreWrite[]): void {
    for (const write of writes) {
      if (write.kind === "receive") {
        this.messages.set(write.id, (this.messages.get(write.id) ?? 0) + 1);
      }
    }
  }
}

/** A store that fails, is slow, or crashes its engine when a test says so. */
export function faultyStore(
  store: WorkflowStore,
  options: {
    readonly counter: CommitCounter;
    readonly faults: StoreFaults;
    readonly crashPoint: CrashPoint | undefined;
    onCrash(writes: readonly StoreWrite[]): void;
  },
): WorkflowStore {
  const { counter, faults, crashPoint } = options;
  const commit = async (writes: readonly StoreWrite[]): Promise<void> => {
    counter.count += 1;
    const number = counter.count;
    for (let turn = 0; turn < (faults.slowTurns ?? 0); turn += 1) {
      await nextTurn();
    }
    if (faults.failCommits?.includes(number) === true) {
      throw new StoreWriteError("the test lets this commit fail: the disk is full", {
        retryable: true,
      });
    }
    const crashesHere = crashPoint?.commit === number;
    if (!crashesHere || crashPoint.when === "after") {
      await store.commit(writes);
      counter.noteDurable(writes);
    }
    if (crashesHere) {
      options.onCrash(writes);
      // A process that is gone gets no result.
      await new Promise(() => undefined);
    }
  };
  return {
    commit,
    workflow: (id) => store.workflow(id),
    workflowByIdempotencyKey: (key) => store.workflowByIdempotencyKey(key),
    list: (filter) => store.list(filter),
    ids: (filter) => store.ids(filter),
    walk: (...walk) => store.walk(...walk),
    lines: (id, positions) => store.lines(id, positions),
    mailbox: (id) => store.mailbox(id),
    note: (id, name) => store.note(id, name),
    wakeups: (after, limit) => store.wakeups(after, limit),
    counts: () => store.counts(),
    running: () => store.running(),
    lastId: () => store.lastId(),
    prune: (endedBefore, limit) => store.prune(endedBefore, limit),
    schedule: (name) => store.schedule(name),
    schedules: (after, limit) => store.schedules(after, limit),
    modules: () => store.modules(),
    moduleBytes: (hash) => store.moduleBytes(hash),
    close: () => store.close(),
  };
}
