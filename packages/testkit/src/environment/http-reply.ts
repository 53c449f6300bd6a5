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
  /** Whether the workflow declared the request safe to repeat. */
  readonly idempotent: boolean;
  /** The environment's time, in milliseconds since the Unix epoch. */
  readonly at: number;
}

/** A reply: a standard Response, or only the parts of one that matter. */
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
      /** The response arrives after this much of the environment's time. */
      readonly after?: DurationLike;
    }
  | {
      /** There is no response, for this reason. */
      readonly fail: HttpTransportErrorKind;
      readonly message?: string;
    };

/** Responds to requests. If it throws, the workflow gets a broken connection. */
export type TestHandler = (request: TestRequest) => TestReply | Promise<TestReply>;

/** As a reply: there is never a response, so the request ends with the workflow's timeout. */
export const hang: unique symbol = Symbol("hang");
