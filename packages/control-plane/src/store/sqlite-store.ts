import {
  SqliteOpenError,
  type SqliteOpenReason,
  SqliteThread,
  startThread,
} from "@flawless-ts/sqlite-thread";
import { ControlPlaneError, type ControlPlaneErrorCode } from "../errors.ts";
import type { Ledger } from "../queue/ledger.ts";
import type { ReadMethod, Store, WriteMethod } from "./store.ts";

/** The file in the data directory with jobs and workers. */
export const storeFileName = "control-plane.sqlite";

const openingCodes: Readonly<Record<SqliteOpenReason, ControlPlaneErrorCode>> = {
  unusable: "DIRECTORY_UNUSABLE",
  "in-use": "DIRECTORY_IN_USE",
  damaged: "STORE_DAMAGED",
};

/**
 * Keeps the queue in a SQLite file. Everything acknowledged is synced to disk (fsync); concurrent writes share one fsync.
 */
export class SqliteStore implements Store {
  readonly #thread: SqliteThread<Ledger>;

  /**
   * Opens the store in a directory, which is created if missing.
   *
   * @throws ControlPlaneError `DIRECTORY_UNUSABLE`, `DIRECTORY_IN_USE`, `STORE_DAMAGED`
   */
  static async open(directory: string): Promise<SqliteStore> {
    try {
      const thread = await SqliteThread.open<Ledger>({
        directory,
        fileName: storeFileName,
        what: "store",
        start: (options) => startThread(import.meta.url, "./sqlite-thread", options),
      });
      return new SqliteStore(thread);
    } catch (error) {
      throw error instanceof SqliteOpenError
        ? new ControlPlaneError(openingCodes[error.reason], error.message, { cause: error })
        : error;
    }
  }

  private constructor(thread: SqliteThread<Ledger>) {
    this.#thread = thread;
  }

  async read<Name extends ReadMethod>(
    method: Name,
    ...parameters: Parameters<Ledger[Name]>
  ): Promise<ReturnType<Ledger[Name]>> {
    return (await available(this.#thread.call("read", method, parameters))) as ReturnType<
      Ledger[Name]
    >;
  }

  async write<Name extends WriteMethod>(
    method: Name,
    ...parameters: Parameters<Ledger[Name]>
  ): Promise<ReturnType<Ledger[Name]>> {
    return (await available(this.#thread.call("write", method, parameters))) as ReturnType<
      Ledger[Name]
    >;
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}

async function available<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new ControlPlaneError(
      "STORE_UNAVAILABLE",
      "The store is unavailable, and nothing was changed. Try again later.",
      { cause: error },
    );
  }
}
