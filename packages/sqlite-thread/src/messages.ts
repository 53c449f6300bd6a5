import type { MessagePort } from "node:worker_threads";

/** What the thread is given. */
export interface SqliteThreadData {
  readonly file: string;
}

/** What the thread is asked for; `number` comes back with the reply. */
export type SqliteRequest =
  | {
      readonly number: number;
      readonly type: "read" | "write";
      /** The name of the store's method. */
      readonly method: string;
      readonly parameters: readonly unknown[];
    }
  | {
      readonly number: number;
      readonly type: "backup";
      /** Where the copy goes. */
      readonly target: string;
    }
  | {
      readonly number: number;
      readonly type: "connect";
      /** Where others ask from now on. */
      readonly port: MessagePort;
    }
  | { readonly number: number; readonly type: "close" };

/** What the thread replies. The reply to number 0 tells how opening the file went. */
export type SqliteReply =
  | { readonly number: number; readonly value: unknown }
  | {
      readonly number: number;
      readonly error: { readonly message: string; readonly sqliteCode: number };
    };
