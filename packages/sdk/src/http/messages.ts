/** A request to the server. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Starts with a slash; each part is percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream can be sent only once, so its request is never retried. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /**
   * When it may be retried, at the same address or another one: after every transient failure, because a retry is
   * harmless; only after failures that prevented it from being carried out; or never.
   */
  readonly repeat: "harmless" | "unless-sent" | "never";
  /** The max number of attempts at each address. Default: the client's `retry.attempts`. */
  readonly rounds?: number;
  /**
   * How long the server may stay silent, in milliseconds, before the connection counts as broken. Default: as long as
   * the call.
   */
  readonly answerWithinMs?: number;
  /**
   * The same if the request is harmless and there are other addresses. Default 10,000.
   */
  readonly nodeAnswersWithinMs?: number;
}

/** The headers of a response, by lower-case name; the first of a repeated one. */
export type AnswerHeaders = Readonly<Record<string, string>>;

/** The server's response, whatever its status. */
export interface HttpAnswer {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly text: string;
}

/** A response whose body is still arriving. */
export interface HttpStream {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly headers: AnswerHeaders;
  /**
   * The body, to be read once. Leaving it early closes the connection.
   *
   * @throws {FlawlessConnectionError} if the connection breaks.
   * @throws {FlawlessError} the reason why the call ended.
   */
  readonly chunks: AsyncIterable<Uint8Array>;
}
