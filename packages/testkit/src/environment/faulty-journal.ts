import { JournalWriteError, type Journal, type JournalWrite } from "@flawless-ts/server";
import { nextTurn } from "./real-timers.ts";

/** What goes wrong with the journal; commits are counted from 1 over the environment's life. */
export interface JournalFaults {
  /** These commits fail as on a full disk; the engine tries them again. */
  readonly failCommits?: readonly number[];
  /** Each commit takes so many turns of the event loop. Default 0. */
  readonly slowTurns?: number;
}

/** Where a crash hits: before the n-th commit is durable, or right after it is. */
export interface CrashPoint {
  readonly commit: number;
  readonly when: "before" | "after";
}

/** Counts what an environment's journal was given, over all its engines. */
export class CommitCounter {
  /** Commits, durable or not. */
  count = 0;
  /** Durable messages, by workflow. */
  readonly messages: Map<number, number> = new Map();

  noteDurable(writes: readonly JournalWrite[]): void {
    for (const write of writes) {
      if (write.kind === "receive") {
        this.messages.set(write.id, (this.messages.get(write.id) ?? 0) + 1);
      }
    }
  }
}

/** A journal that fails, dawdles, or brings its engine down where a test wants it. */
export function faultyJournal(
  journal: Journal,
  options: {
    readonly counter: CommitCounter;
    readonly faults: JournalFaults;
    readonly crashPoint: CrashPoint | undefined;
    onCrash(writes: readonly JournalWrite[]): void;
  },
): Journal {
  const { counter, faults, crashPoint } = options;
  const commit = async (writes: readonly JournalWrite[]): Promise<void> => {
    counter.count += 1;
    const number = counter.count;
    for (let turn = 0; turn < (faults.slowTurns ?? 0); turn += 1) {
      await nextTurn();
    }
    if (faults.failCommits?.includes(number) === true) {
      throw new JournalWriteError("the test lets this commit fail: the disk is full", {
        retryable: true,
      });
    }
    const crashesHere = crashPoint?.commit === number;
    if (!crashesHere || crashPoint.when === "after") {
      await journal.commit(writes);
      counter.noteDurable(writes);
    }
    if (crashesHere) {
      options.onCrash(writes);
      // A process that is gone hears of nothing.
      await new Promise(() => undefined);
    }
  };
  return {
    commit,
    workflow: (id) => journal.workflow(id),
    workflowByIdempotencyKey: (key) => journal.workflowByIdempotencyKey(key),
    list: (filter) => journal.list(filter),
    ids: (filter) => journal.ids(filter),
    lines: (id, positions) => journal.lines(id, positions),
    mailbox: (id) => journal.mailbox(id),
    wakeups: (after, limit) => journal.wakeups(after, limit),
    counts: () => journal.counts(),
    running: () => journal.running(),
    lastId: () => journal.lastId(),
    prune: (endedBefore, limit) => journal.prune(endedBefore, limit),
    modules: () => journal.modules(),
    moduleBytes: (hash) => journal.moduleBytes(hash),
    close: () => journal.close(),
  };
}
