import type { MessagePort } from "node:worker_threads";

/** The thread's worker data. */
export interface SqliteThreadData {
  readonly file: string;
}

/** A request to the thread; the reply has the same `number`. */
export type SqliteRequest =
  | {
      readonly number: number;
      readonly type: "read" | "write";
      /** The name of the method of the store. */
      readonly method: string;
      readonly parameters: readonly unknown[];
    }
  | {
      readonly number: number;
      readonly type: "backup";
      /** The path of the copy. */
      readonly target: string;
    }
  | {
      readonly number: number;
      readonly type: "connect";
      /** The port for the requests of another thread. */
      readonly port: MessagePort;
    }
  | { readonly number: number; readonly type: "close" };

/** What the thread tells before its first reply, while it opens the file. */
export interface SqliteNotice {
  readonly notice: unknown;
}

/** A reply of the thread. Number 0 says whether the file was opened. */
export type SqliteReply =
  | { readonly number: number; readonly value: unknown }
  | {
      readonly number: number;
      readonly error: { readonly message: string; readonly sqliteCode: number };
    };
