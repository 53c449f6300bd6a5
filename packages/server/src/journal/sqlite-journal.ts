import { type SqliteFailure, SqliteOpenError, SqliteThread } from "@flawless-ts/sqlite-thread";
import { EngineError, type EngineErrorCode } from "../errors.ts";
import { startThread } from "../start-thread.ts";
import {
  JournalWriteError,
  type Journal,
  type JournalWrite,
  type StoredMessage,
  type StoredModule,
  type StoredWorkflow,
  type StoredWorkflowFilter,
  type Wakeup,
} from "./journal.ts";
import type { SqliteStore } from "./sqlite-store.ts";

/** The file in the working directory that holds everything. */
export const journalFileName = "flawless.sqlite";

const openingCodes: Readonly<Record<SqliteOpenError["reason"], EngineErrorCode>> = {
  unusable: "DIRECTORY_UNUSABLE",
  "in-use": "DIRECTORY_IN_USE",
  damaged: "JOURNAL_DAMAGED",
};

/** Keeps everything in one SQLite file. SQLite runs in a thread of its own, so that fsync blocks nobody. */
export class SqliteJournal implements Journal {
  readonly #thread: SqliteThread<SqliteStore>;

  /**
   * Opens the journal in a directory, which is made if need be. Only its owner may read it.
   * @throws EngineError `DIRECTORY_UNUSABLE`, `DIRECTORY_IN_USE`, `JOURNAL_DAMAGED`
   */
  static async open(directory: string): Promise<SqliteJournal> {
    try {
      const thread = await SqliteThread.open<SqliteStore>({
        directory,
        fileName: journalFileName,
        what: "journal",
        start: (options) => startThread("journal/sqlite-thread", options),
      });
      return new SqliteJournal(thread);
    } catch (error) {
      throw error instanceof SqliteOpenError
        ? new EngineError(openingCodes[error.reason], error.message, { cause: error })
        : error;
    }
  }

  private constructor(thread: SqliteThread<SqliteStore>) {
    this.#thread = thread;
  }

  async commit(writes: readonly JournalWrite[]): Promise<void> {
    try {
      await this.#thread.write("commit", writes);
    } catch (error) {
      const { message, retryable = false } = error as Partial<SqliteFailure> & Error;
      throw new JournalWriteError(message, { retryable, cause: error });
    }
  }

  workflow(id: number): Promise<StoredWorkflow | undefined> {
    return readable(this.#thread.read("workflow", id));
  }

  workflowByIdempotencyKey(key: string): Promise<StoredWorkflow | undefined> {
    return readable(this.#thread.read("workflowByIdempotencyKey", key));
  }

  list(filter: StoredWorkflowFilter): Promise<readonly StoredWorkflow[]> {
    return readable(this.#thread.read("list", filter));
  }

  lines(id: number): Promise<readonly string[]> {
    return readable(this.#thread.read("lines", id));
  }

  mailbox(id: number): Promise<readonly StoredMessage[]> {
    return readable(this.#thread.read("mailbox", id));
  }

  wakeups(after: Wakeup | null, limit: number): Promise<readonly Wakeup[]> {
    return readable(this.#thread.read("wakeups", after, limit));
  }

  lastId(): Promise<number> {
    return readable(this.#thread.read("lastId"));
  }

  modules(): Promise<readonly StoredModule[]> {
    return readable(this.#thread.read("modules"));
  }

  moduleBytes(hash: string): Promise<Uint8Array | undefined> {
    return readable(this.#thread.read("moduleBytes", hash));
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}

async function readable<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    throw new EngineError(
      "JOURNAL_DAMAGED",
      `the journal can't be read: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
