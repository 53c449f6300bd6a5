import { closeSync, openSync, rmSync } from "node:fs";
import type { MessagePort } from "node:worker_threads";
import type { Logger } from "pino";
import { type SqliteFailure, SqliteOpenError, SqliteThread } from "@flawless-ts/sqlite-thread";
import { EngineError, type EngineErrorCode } from "../../errors.ts";
import { startThread } from "../../start-thread.ts";
import {
  type AppendPositions,
  StoreWriteError,
  type WorkflowStore,
  type StoreWrite,
  type StoredMessage,
  type StoredModule,
  type StoredSchedule,
  type StoredWorkflow,
  type StoredWorkflowFilter,
  type SearchBy,
  type Wakeup,
  type Walk,
  type Walked,
  type WorkflowCounts,
} from "../workflow-store.ts";
import type { DirectoryStore } from "../directory-store.ts";
import type { OnMove } from "./move-from-5.ts";

/** The file in the working directory that holds everything. */
export const journalFileName = "flawless.sqlite";

const what = "journal";

const openingCodes: Readonly<Record<SqliteOpenError["reason"], EngineErrorCode>> = {
  unusable: "DIRECTORY_UNUSABLE",
  "in-use": "DIRECTORY_IN_USE",
  damaged: "JOURNAL_DAMAGED",
};

/** Stores everything in one SQLite file. SQLite runs in its own thread, so that fsync blocks nobody. */
export class SqliteWorkflowStore implements WorkflowStore {
  readonly #thread: SqliteThread<DirectoryStore>;
  readonly #directory: string;

  /**
   * Opens the journal in a directory, which is created if need be. Only its owner may read it.
   *
   * @param logger told if an older format is brought up to date, which takes a while. Default: no log.
   * @throws EngineError `DIRECTORY_UNUSABLE`, `DIRECTORY_IN_USE`, `JOURNAL_DAMAGED`
   */
  static async open(
    directory: string,
    logger?: Pick<Logger, "info">,
  ): Promise<SqliteWorkflowStore> {
    const tell: OnMove = ({ workflows, isDone }) =>
      logger?.info(
        { directory, workflows },
        isDone
          ? "the directory is up to date"
          : `bringing the directory up to date, ${workflows} workflows`,
      );
    try {
      const thread = await SqliteThread.open<DirectoryStore>({
        directory,
        fileName: journalFileName,
        what,
        start: (options) => startThread("store/sqlite/sqlite-thread", options),
        onNotice: (notice) => tell(notice as Parameters<OnMove>[0]),
      });
      return new SqliteWorkflowStore(thread, directory);
    } catch (error) {
      if (!(error instanceof SqliteOpenError)) {
        throw error;
      }
      const { reason, message } = error;
      const text = reason === "damaged" ? `${message}. ${adviceFor(directory)}` : message;
      throw new EngineError(openingCodes[reason], text, { cause: error });
    }
  }

  /**
   * Uses the thread of a journal that another thread of the process has opened.
   *
   * @param port from `connect` in that thread; closing this store doesn't close the journal
   * @param directory of the journal, for messages
   */
  static over(port: MessagePort, directory: string): SqliteWorkflowStore {
    return new SqliteWorkflowStore(SqliteThread.over<DirectoryStore>(port, what), directory);
  }

  private constructor(thread: SqliteThread<DirectoryStore>, directory: string) {
    this.#thread = thread;
    this.#directory = directory;
  }

  /** Lets another thread of the process use this journal, by {@link over}. */
  connect(): Promise<MessagePort> {
    return this.#readable(this.#thread.connect());
  }

  async commit(writes: readonly StoreWrite[]): Promise<void> {
    await this.#written(this.#thread.write("commit", writes));
  }

  workflow(id: number): Promise<StoredWorkflow | undefined> {
    return this.#readable(this.#thread.read("workflow", id));
  }

  workflowByIdempotencyKey(key: string): Promise<StoredWorkflow | undefined> {
    return this.#readable(this.#thread.read("workflowByIdempotencyKey", key));
  }

  /** Those of the given workflows that are not running: they have ended or don't exist. */
  ended(ids: readonly number[]): Promise<readonly number[]> {
    return this.#readable(this.#thread.read("ended", ids));
  }

  list(filter: StoredWorkflowFilter): Promise<readonly StoredWorkflow[]> {
    return this.#readable(this.#thread.read("list", filter));
  }

  ids(filter: StoredWorkflowFilter): Promise<readonly number[]> {
    return this.#readable(this.#thread.read("ids", filter));
  }

  walk(filter: StoredWorkflowFilter, by: SearchBy, walk: Walk): Promise<Walked> {
    return this.#readable(this.#thread.read("walk", filter, by, walk));
  }

  lines(id: number, positions?: AppendPositions): Promise<readonly string[]> {
    return this.#readable(this.#thread.read("lines", id, positions));
  }

  mailbox(id: number): Promise<readonly StoredMessage[]> {
    return this.#readable(this.#thread.read("mailbox", id));
  }

  note(id: number, name: string): Promise<string | undefined> {
    return this.#readable(this.#thread.read("note", id, name));
  }

  wakeups(after: Wakeup | null, limit: number): Promise<readonly Wakeup[]> {
    return this.#readable(this.#thread.read("wakeups", after, limit));
  }

  counts(): Promise<WorkflowCounts> {
    return this.#readable(this.#thread.read("counts"));
  }

  running(): Promise<number> {
    return this.#readable(this.#thread.read("running"));
  }

  lastId(): Promise<number> {
    return this.#readable(this.#thread.read("lastId"));
  }

  prune(endedBefore: number, limit: number): Promise<number> {
    return this.#written(this.#thread.write("prune", endedBefore, limit));
  }

  schedule(name: string): Promise<StoredSchedule | undefined> {
    return this.#readable(this.#thread.read("schedule", name));
  }

  schedules(after: string | null, limit: number): Promise<readonly StoredSchedule[]> {
    return this.#readable(this.#thread.read("schedules", after, limit));
  }

  modules(): Promise<readonly StoredModule[]> {
    return this.#readable(this.#thread.read("modules"));
  }

  moduleBytes(hash: string): Promise<Uint8Array | undefined> {
    return this.#readable(this.#thread.read("moduleBytes", hash));
  }

  /**
   * Copies the journal to another file while it is in use; only its owner may read it. The copy has everything that was
   * acknowledged before.
   *
   * @param file must not exist yet
   * @throws StoreWriteError if it fails, nothing is left there
   */
  async backup(file: string): Promise<void> {
    try {
      closeSync(openSync(file, "wx", 0o600));
    } catch (error) {
      throw new StoreWriteError(`the backup can't be written: ${(error as Error).message}`, {
        retryable: false,
        cause: error,
      });
    }
    try {
      await this.#written(this.#thread.backup(file));
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    }
  }

  /**
   * Makes the key for secrets of a directory that has none yet. The thread does this, because the main one has a server
   * to start meanwhile.
   *
   * @throws EngineError `DIRECTORY_UNUSABLE`
   */
  async makeSecretsKey(): Promise<Uint8Array> {
    try {
      return await this.#thread.read("makeSecretsKey");
    } catch (cause) {
      const reason = (cause as Error).message;
      throw new EngineError("DIRECTORY_UNUSABLE", `No key for secrets can be made: ${reason}`, {
        cause,
      });
    }
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  async #written<T>(write: Promise<T>): Promise<T> {
    try {
      return await write;
    } catch (error) {
      const failure = error as Partial<SqliteFailure> & Error;
      const { message, retryable = false, damaged = false } = failure;
      const text = damaged ? `${message}. ${adviceFor(this.#directory)}` : message;
      throw new StoreWriteError(text, { retryable, cause: error });
    }
  }

  async #readable<T>(read: Promise<T>): Promise<T> {
    try {
      return await read;
    } catch (error) {
      const { message, damaged = false } = error as Partial<SqliteFailure> & Error;
      const advice = damaged ? `. ${adviceFor(this.#directory)}` : "";
      throw new EngineError("JOURNAL_DAMAGED", `The journal can't be read: ${message}${advice}`, {
        cause: error,
      });
    }
  }
}

/** What to do about a damaged file. */
function adviceFor(directory: string): string {
  return `Stop the server and run: flawless check ${directory}`;
}
