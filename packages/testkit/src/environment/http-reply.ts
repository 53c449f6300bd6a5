import type { HttpTransportErrorKind } from "@flawless-ts/wasm-module";
import type { DurationLike } from "@flawless-ts/wasm-module";

/** A request that a workflow sent, as the world outside saw it. */
export interface TestRequest {
  /** Counts the environment's requests from 1, whether they arrived or not. */
  readonly number: number;
  readonly method: string;
  readonly url: string;
  /** Names in lower case; values of a repeated header are joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The body as text. */
  readonly text: string;
  /** Whether the workflow said that a repeat is harmless. */
  readonly idempotent: boolean;
  /** The environment's time, in milliseconds since the Unix epoch. */
  readonly at: number;
}

/** What may be answered: a standard Response, or just what matters of one. */
export type TestReply =
  | Response
  | typeof hang
  | {
      /** Default 200. */
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
      /** Instead of a body: a value that is sent as JSON. */
      readonly json?: unknown;
      /** The answer arrives after that much of the environment's time. */
      readonly after?: DurationLike;
    }
  | {
      /** No response comes, for this reason. */
      readonly fail: HttpTransportErrorKind;
      readonly message?: string;
    };

/** Answers requests. What it throws reaches the workflow as a broken connection. */
export type TestHandler = (request: TestRequest) => TestReply | Promise<TestReply>;

/** As a reply: there is never a response. The workflow's timeout ends the request. */
export const hang: unique symbol = Symbol("hang");
