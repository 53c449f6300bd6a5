/** A request to the server. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Begins with a slash; each part percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream can be sent once only: its request is never repeated. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /**
   * When it may be repeated, at the same address or another one: after every passing failure, because a repeat is harmless;
   * only after those that kept it from being carried out; or never.
   */
  readonly repeat: "harmless" | "unless-sent" | "never";
  /** How often each address is tried at most. Default: the client's `retry.attempts`. */
  readonly rounds?: number;
  /**
   * How long the server may stay silent, in milliseconds, before the connection is taken for broken. Default: as long as
   * the call.
   */
  readonly answerWithinMs?: number;
  /**
   * The same where the request is harmless and there are other addresses to turn to. Default 10,000.
   */
  readonly nodeAnswersWithinMs?: number;
}

/** The headers of an answer, by lower-case names; of one that came several times, the first. */
export type AnswerHeaders = Readonly<Record<string, string>>;

/** The server's answer, whatever its status. */
export interface HttpAnswer {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly text: string;
}

/** An answer whose body is still coming. */
export interface HttpStream {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly headers: AnswerHeaders;
  /**
   * The body, to be read once. Leaving it early closes the connection.
   *
   * @throws {FlawlessConnectionError} when the connection breaks.
   * @throws {FlawlessError} the reason why the call had to end.
   */
  readonly chunks: AsyncIterable<Uint8Array>;
}
