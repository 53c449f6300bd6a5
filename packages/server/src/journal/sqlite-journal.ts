import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { EngineError } from "../errors.ts";
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
import type { ReadMethod, SqliteReply, SqliteRequest, SqliteThreadData } from "./sqlite-thread.ts";

/** The file in the working directory that holds everything. */
export const journalFileName = "flawless.sqlite";

/** Primary result codes. Source: sqlite.org/rescode.html */
const sqlite = { busy: 5, noMemory: 7, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 };
const retryableCodes: readonly number[] = [sqlite.busy, sqlite.noMemory, sqlite.readOnly, sqlite.ioError, sqlite.full];

type WithoutNumber<Request> = Request extends unknown ? Omit<Request, "number"> : never;

/** Keeps everything in one SQLite file. SQLite runs in a thread of its own, so that fsync blocks nobody. */
export class SqliteJournal implements Journal {
  readonly #thread: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;
  #gone: Error | undefined;

  /**
   * Opens the journal in a directory, which is made if need be. Only its owner may read it.
   * @throws EngineError `DIRECTORY_UNUSABLE`, `DIRECTORY_IN_USE`, `JOURNAL_DAMAGED`
   */
  static async open(directory: string): Promise<SqliteJournal> {
    const file = join(directory, journalFileName);
    try {
      mkdirSync(directory, { recursive: true });
      // SQLite gives its other files the rights of this one.
      closeSync(openSync(file, "a", 0o600));
    } catch (error) {
      throw new EngineError(
        "DIRECTORY_UNUSABLE",
        `the working directory ${directory} can't be used: ${(error as Error).message}`,
        { cause: error },
      );
    }
    const journal = new SqliteJournal(file);
    try {
      await journal.#opened;
      return journal;
    } catch (error) {
      await journal.#thread.terminate();
      throw openingError(error as SqliteFailure, directory);
    }
  }

  readonly #opened: Promise<unknown>;

  private constructor(file: string) {
    this.#opened = this.#expect(0);
    this.#thread = startThread("journal/sqlite-thread", {
      workerData: { file } satisfies SqliteThreadData,
    });
    this.#thread.on("message", (reply: SqliteReply) => this.#receive(reply));
    this.#thread.on("error", (error) => this.#breakDown(error as Error));
    this.#thread.on("exit", () => this.#breakDown(new Error("the journal is closed")));
  }

  async commit(writes: readonly JournalWrite[]): Promise<void> {
    try {
      await this.#ask({ type: "commit", writes });
    } catch (error) {
      const { message, sqliteCode } = error as SqliteFailure;
      throw new JournalWriteError(message, { retryable: isRetryable(sqliteCode), cause: error });
    }
  }

  async workflow(id: number): Promise<StoredWorkflow | undefined> {
    return (await this.#read("workflow", id)) as StoredWorkflow | undefined;
  }

  async workflowByIdempotencyKey(key: string): Promise<StoredWorkflow | undefined> {
    return (await this.#read("workflowByIdempotencyKey", key)) as StoredWorkflow | undefined;
  }

  async list(filter: StoredWorkflowFilter): Promise<readonly StoredWorkflow[]> {
    return (await this.#read("list", filter)) as readonly StoredWorkflow[];
  }

  async lines(id: number): Promise<readonly string[]> {
    return (await this.#read("lines", id)) as readonly string[];
  }

  async mailbox(id: number): Promise<readonly StoredMessage[]> {
    return (await this.#read("mailbox", id)) as readonly StoredMessage[];
  }

  async wakeups(after: Wakeup | null, limit: number): Promise<readonly Wakeup[]> {
    return (await this.#read("wakeups", after, limit)) as readonly Wakeup[];
  }

  async lastId(): Promise<number> {
    return (await this.#read("lastId")) as number;
  }

  async modules(): Promise<readonly StoredModule[]> {
    return (await this.#read("modules")) as readonly StoredModule[];
  }

  async moduleBytes(hash: string): Promise<Uint8Array | undefined> {
    return (await this.#read("moduleBytes", hash)) as Uint8Array | undefined;
  }

  async close(): Promise<void> {
    await this.#ask({ type: "close" }).catch(() => undefined);
    await this.#thread.terminate();
  }

  async #read(method: ReadMethod, ...parameters: readonly unknown[]): Promise<unknown> {
    try {
      return await this.#ask({ type: "read", method, parameters });
    } catch (error) {
      throw new EngineError(
        "JOURNAL_DAMAGED",
        `the journal can't be read: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  #ask(request: WithoutNumber<SqliteRequest>): Promise<unknown> {
    if (this.#gone !== undefined) {
      return Promise.reject(this.#gone);
    }
    this.#last += 1;
    const answer = this.#expect(this.#last);
    this.#thread.ref();
    this.#thread.postMessage({ ...request, number: this.#last });
    return answer;
  }

  #expect(number: number): Promise<unknown> {
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(number, waiting);
    return waiting.promise;
  }

  #receive(reply: SqliteReply): void {
    const waiting = this.#waiting.get(reply.number);
    this.#waiting.delete(reply.number);
    if (this.#waiting.size === 0) {
      // Only a request under way keeps the process alive.
      this.#thread.unref();
    }
    if ("error" in reply) {
      waiting?.reject(new SqliteFailure(reply.error.message, reply.error.sqliteCode));
    } else {
      waiting?.resolve(reply.value);
    }
  }

  #breakDown(error: Error): void {
    this.#gone ??= error;
    for (const waiting of this.#waiting.values()) {
      waiting.reject(error);
    }
    this.#waiting.clear();
  }
}

class SqliteFailure extends Error {
  readonly sqliteCode: number;

  constructor(message: string, sqliteCode: number) {
    super(message);
    this.sqliteCode = sqliteCode;
  }
}

function isRetryable(sqliteCode: number | undefined): boolean {
  // The low byte is the primary code of an extended one.
  return sqliteCode !== undefined && retryableCodes.includes(sqliteCode & 0xff);
}

function openingError(error: SqliteFailure, directory: string): EngineError {
  const options = { cause: error };
  switch (error.sqliteCode & 0xff) {
    case sqlite.busy:
      return new EngineError(
        "DIRECTORY_IN_USE",
        `the working directory ${directory} is in use by another server`,
        options,
      );
    case sqlite.corrupt:
    case sqlite.notADatabase:
      return new EngineError(
        "JOURNAL_DAMAGED",
        `the journal ${join(directory, journalFileName)} is damaged: ${error.message}`,
        options,
      );
    default:
      return new EngineError(
        "DIRECTORY_UNUSABLE",
        `the journal in ${directory} can't be opened: ${error.message}`,
        options,
      );
  }
}
