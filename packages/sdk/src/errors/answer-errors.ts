import { FlawlessError } from "@flawless-ts/wasm-module/internal/client";

/** The response is not from the Flawless API: a proxy's error page, another program, a server of another version. */
export class UnexpectedAnswerError extends FlawlessError {
  override readonly code = "FLAWLESS_UNEXPECTED_ANSWER" as const;
  readonly url: string;
  /** HTTP status. */
  readonly status: number;
  /** The start of the body. */
  readonly bodyStart: string;

  constructor(
    message: string,
    answer: { readonly url: string; readonly status: number; readonly bodyStart: string },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.url = answer.url;
    this.status = answer.status;
    this.bodyStart = answer.bodyStart;
  }

  override get _tag(): "UnexpectedAnswerError" {
    return "UnexpectedAnswerError";
  }
}

/** A response is larger than the client's `maxResponseBytes`. The request was carried out all the same. */
export class AnswerTooLargeError extends FlawlessError {
  override readonly code = "FLAWLESS_ANSWER_TOO_LARGE" as const;
  readonly url: string;
  /** Bytes. */
  readonly maxBytes: number;

  constructor(url: string, maxBytes: number) {
    super(
      `The answer of ${url} is larger than ${maxBytes} bytes. Raise \`maxResponseBytes\`, or ask for less (a smaller \`limit\`).`,
    );
    this.url = url;
    this.maxBytes = maxBytes;
  }

  override get _tag(): "AnswerTooLargeError" {
    return "AnswerTooLargeError";
  }
}
