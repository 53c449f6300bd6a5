import type { AnswerHeaders } from "./messages.ts";

/** A request as it is sent, once, to one address. */
export interface SentRequest {
  readonly url: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array> | null;
  readonly signal: AbortSignal;
  /** How long the server may take for the answer's head, in milliseconds; 0: as long as it likes. */
  readonly headersWithinMs: number;
  /** How long it may pause within the answer's body, in milliseconds; 0: as long as it likes. */
  readonly bodyWithinMs: number;
}

/** An answer, its body unread. */
export interface SenderAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** To be read once. Leaving it early ends the connection. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Reads and forgets the body, or ends the connection: what costs less. */
  discard(): Promise<void>;
}

/** Sends requests. What it rejects with is for `connectionProblem` to read. */
export interface Sender {
  send(request: SentRequest): Promise<SenderAnswer>;
  close(): Promise<void>;
}
