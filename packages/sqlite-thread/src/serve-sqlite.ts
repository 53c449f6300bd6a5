import type { DatabaseSync } from "node:sqlite";
import {
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from "node:worker_threads";
import type { SqliteReply, SqliteRequest, SqliteThreadData } from "./messages.ts";
import { copyDatabase } from "./copy-database.ts";
import { closeDatabase } from "./open-database.ts";
import { Statements } from "./statements.ts";

/** Tables and what can be done with them. Its other methods are what `SqliteThread` is asked for. */
export interface SqliteStore {
  readonly database: DatabaseSync;
  /** Told that what was done since the last commit had no effect. Default: nobody needs to know. */
  rolledBack?(): void;
}

/** An error that is none of SQLite's. */
const noSqliteCode = 0;
/** So that the first of many writes does not wait for all the others. */
const maxWritesInTransaction = 512;

type Call = Extract<SqliteRequest, { readonly parameters: readonly unknown[] }>;

/**
 * To be called once, in a thread that `SqliteThread.open` starts: opens the store and does what it is asked for, in
 * order. Writes that have come while the last ones went to the disk become one transaction, with one fsync. Where that
 * fails, each is tried alone, so that only the one at fault fails.
 */
export function serveSqlite(open: (file: string) => SqliteStore): void {
  const owner = parentPort;
  if (owner === null) {
    throw new Error("serveSqlite only runs in a worker thread");
  }
  /** Where requests come from. */
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
        // It had no effect: below each one is on its own.
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
      // A read, and a backup, must not see what may still be rolled back.
      flush();
      if (request.type === "backup") {
        // It goes on beside whatever comes next, and takes in what that changes.
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
        // Not before the replies to what came with the request to close.
        for (const each of ports) {
          each.close();
        }
      }
    });
  };

  const opened = attempt(0, () => {
    store = open(file);
    statements = new Statements(store.database);
  });
  const isOpened = store !== undefined;
  owner.postMessage([opened]);
  serve(owner);
}
