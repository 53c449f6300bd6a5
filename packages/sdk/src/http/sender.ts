import type { AnswerHeaders } from "./messages.ts";

/** A request in the form that is sent, once, to one address. */
export interface SentRequest {
  readonly url: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array> | null;
  readonly signal: AbortSignal;
  /** The timeout for the response's headers, in milliseconds; 0: no limit. */
  readonly headersWithinMs: number;
  /** The max pause within the response's body, in milliseconds; 0: no limit. */
  readonly bodyWithinMs: number;
}

/** A response with an unread body. */
export interface SenderAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** Read it only once. Leaving it early closes the connection. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Reads and discards the body, or closes the connection, whichever costs less. */
  discard(): Promise<void>;
}

/** Sends requests. It rejects with errors that `connectionProblem` explains. */
export interface Sender {
  send(request: SentRequest): Promise<SenderAnswer>;
  close(): Promise<void>;
}

/** The senders of one client. */
export interface SenderSource {
  /**
   * The sender for one of the client's addresses.
   *
   * @throws {InvalidOptionError} naming an option that needs a package which can't be loaded.
   */
  of(base: string): Promise<Sender>;
  /** Closes them all. */
  close(): Promise<void>;
}
