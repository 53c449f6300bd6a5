import type { HttpTransportErrorKind } from "../abi/host-answer.ts";
import { FlawlessError } from "../errors.ts";

/** A workflow's HTTP request got no response. A response with any status, even 500, is not an error. */
export class FetchError extends FlawlessError {
  override readonly code = "FLAWLESS_FETCH_FAILED" as const;
  /**
   * What went wrong. `RequestInterrupted`: the server stopped while the request was in flight, and it is unknown
   * whether it had an effect. A timeout is `Io`, with a message that contains "timed out".
   */
  readonly kind: HttpTransportErrorKind;
  /** The URL that failed; after redirects, not the one requested. */
  readonly url: string;

  constructor(kind: HttpTransportErrorKind, url: string, message: string) {
    super(`${kind}: ${message}`);
    this.kind = kind;
    this.url = url;
  }

  override get _tag(): "FetchError" {
    return "FetchError";
  }
}
