import type { DatabaseSync } from "node:sqlite";
import {
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from "node:worker_threads";
import type { SqliteNotice, SqliteReply, SqliteRequest, SqliteThreadData } from "./messages.ts";
import { copyDatabase } from "./copy-database.ts";
import { closeDatabase } from "./open-database.ts";
import { Statements } from "./statements.ts";

/** A database and its operations. `SqliteThread` calls its other methods. */
export interface SqliteStore {
  readonly database: DatabaseSync;
  /** Called when everything since the last commit was rolled back. */
  rolledBack?(): void;
}

/** The code of an error that is not SQLite's. */
const noSqliteCode = 0;
/** Limited, so that the first of many writes doesn't wait for all others. */
const maxWritesInTransaction = 512;

type Call = Extract<SqliteRequest, { readonly parameters: readonly unknown[] }>;

/**
 * Call this once, in a thread that `SqliteThread.open` starts: it opens the store and handles requests in order. Writes
 * that arrive while the previous ones go to the disk become one transaction, with one fsync. If that fails, each is
 * retried alone, so that only the one at fault fails.
 *
 * @param open gets the file, and a function that passes a value to the `onNotice` of `SqliteThread.open` meanwhile
 */
export function serveSqlite(
  open: (file: string, tell: (notice: unknown) => void) => SqliteStore,
): void {
  const owner = parentPort;
  if (owner === null) {
    throw new Error("serveSqlite only runs in a worker thread");
  }
  /** The sources of requests. */
  const ports = new Set<MessagePort>();
  const { file } = workerData as SqliteThreadData;
  let store: SqliteStore | undefined;
  let statements: Statements | undefined;

  const failure = (number: number, error: unknown): SqliteReply => {
    const { message, errcode } = error as Error & { readonly errcode?: number };
    return { number, error: { message, sqliteCode: errcode ?? noSqliteCode } };
  };

  const attempt = (number: number, work: () => unknown): SqliteReply => {
    try {
      return { number, value: work() };
    } catch (error) {
      return failure(number, error);
    }
  };

  const copy = async (port: MessagePort, number: number, target: string): Promise<void> => {
    let reply: SqliteReply;
    try {
      if (store === undefined) {
        throw new Error("the file is not open");
      }
      await copyDatabase(store.database, target);
      reply = { number, value: undefined };
    } catch (error) {
      reply = failure(number, error);
    }
    port.postMessage([reply]);
  };

  const call = ({ method, parameters }: Call): unknown => {
    if (store === undefined) {
      throw new Error("the file is not open");
    }
    const methods = store as unknown as Record<string, (...parameters: unknown[]) => unknown>;
    return methods[method]?.call(store, ...parameters);
  };

  const inTransaction = <T>(work: () => T): T => {
    statements?.get("BEGIN IMMEDIATE").run();
    try {
      const result = work();
      statements?.get("COMMIT").run();
      return result;
    } catch (error) {
      if (store?.database.isTransaction === true) {
        statements?.get("ROLLBACK").run();
      }
      store?.rolledBack?.();
      throw error;
    }
  };

  const write = (requests: readonly Call[]): SqliteReply[] => {
    if (requests.length > 1) {
      try {
        return inTransaction(() =>
          requests.map((request) => ({ number: request.number, value: call(request) })),
        );
      } catch {
        // The transaction had no effect: below each write gets its own.
      }
    }
    return requests.map((request) =>
      attempt(request.number, () => inTransaction(() => call(request))),
    );
  };

  const close = (): void => {
    const open = store;
    store = undefined;
    if (open !== undefined) {
      closeDatabase(open.database, file);
    }
  };

  const handle = (port: MessagePort, requests: readonly SqliteRequest[]): SqliteReply[] => {
    const replies: SqliteReply[] = [];
    let writes: Call[] = [];
    const flush = (): void => {
      replies.push(...write(writes));
      writes = [];
    };
    for (const request of requests) {
      if (request.type === "write") {
        writes.push(request);
        if (writes.length >= maxWritesInTransaction) {
          flush();
        }
        continue;
      }
      // Reads and backups must not see what may still be rolled back.
      flush();
      if (request.type === "backup") {
        // It runs beside later requests, and includes their changes.
        void copy(port, request.number, request.target);
        continue;
      }
      replies.push(
        attempt(request.number, () => {
          if (request.type === "read") {
            return call(request);
          }
          return request.type === "connect" ? serve(request.port) : close();
        }),
      );
    }
    flush();
    return replies;
  };

  const serve = (port: MessagePort): void => {
    ports.add(port);
    port.once("close", () => ports.delete(port));
    port.on("message", (first: SqliteRequest) => {
      const requests = [first];
      for (
        let next = receiveMessageOnPort(port);
        next !== undefined;
        next = receiveMessageOnPort(port)
      ) {
        requests.push(next.message as SqliteRequest);
      }
      port.postMessage(handle(port, requests));
      if (isOpened && store === undefined) {
        // Only after the replies to requests that arrived together with the one to close.
        for (const each of ports) {
          each.close();
        }
      }
    });
  };

  const opened = attempt(0, () => {
    store = open(file, (notice) => owner.postMessage([{ notice } satisfies SqliteNotice]));
    statements = new Statements(store.database);
  });
  const isOpened = store !== undefined;
  owner.postMessage([opened]);
  serve(owner);
}
