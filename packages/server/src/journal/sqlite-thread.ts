import { parentPort, workerData } from "node:worker_threads";
import type { JournalWrite } from "./journal.ts";
import { SqliteStore } from "./sqlite-store.ts";

/** What the thread is given. */
export interface SqliteThreadData {
  readonly file: string;
}

/** A method of the store that only reads. */
export type ReadMethod = Exclude<keyof SqliteStore, "commit" | "close">;

/** What the thread is asked for; `number` comes back with the reply. */
export type SqliteRequest =
  | { readonly number: number; readonly type: "commit"; readonly writes: readonly JournalWrite[] }
  | { readonly number: number; readonly type: "read"; readonly method: ReadMethod; readonly parameters: readonly unknown[] }
  | { readonly number: number; readonly type: "close" };

/** What the thread replies. The reply to number 0 tells how opening the file went. */
export type SqliteReply =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly error: { readonly message: string; readonly sqliteCode: number } };

const port = parentPort;
if (port === null) {
  throw new Error("sqlite-thread.ts only runs as a worker thread");
}

/** An error that is none of SQLite's. */
const noSqliteCode = 0;

function reply(number: number, work: () => unknown): void {
  let answer: SqliteReply;
  try {
    answer = { number, value: work() };
  } catch (error) {
    const { message, errcode } = error as Error & { readonly errcode?: number };
    answer = { number, error: { message, sqliteCode: errcode ?? noSqliteCode } };
  }
  port?.postMessage(answer);
}

let store: SqliteStore | undefined;
reply(0, () => {
  store = new SqliteStore((workerData as SqliteThreadData).file);
});

port.on("message", (request: SqliteRequest) => {
  reply(request.number, () => {
    if (store === undefined) {
      throw new Error("the journal is not open");
    }
    switch (request.type) {
      case "commit":
        return store.commit(request.writes);
      case "read": {
        const read = store[request.method] as (...parameters: readonly unknown[]) => unknown;
        return read.apply(store, [...request.parameters]);
      }
      case "close":
        store.close();
        port.close();
        return undefined;
    }
  });
});
