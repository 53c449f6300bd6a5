import { FlawlessError } from "@flawless-ts/wasm-module";

/** Stable error codes common to all services. Each service adds its own. */
export type ApiErrorCode =
  | "INVALID_REQUEST"
  /** The body is readable, but doesn't have the shape that the route expects. */
  | "INVALID_BODY"
  | "UNAUTHORIZED"
  | "FOREIGN_ORIGIN"
  | "ROUTE_NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "REQUEST_TIMEOUT"
  | "BODY_TOO_LARGE"
  | "URL_TOO_LONG"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "HEADERS_TOO_LARGE"
  | "LIMIT_REACHED"
  | "RATE_LIMITED"
  | "CLOSED"
  | "INTERNAL";

const statuses: Readonly<Record<ApiErrorCode, number>> = {
  INVALID_REQUEST: 400,
  UNAUTHORIZED: 401,
  FOREIGN_ORIGIN: 403,
  ROUTE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  BODY_TOO_LARGE: 413,
  URL_TOO_LONG: 414,
  UNSUPPORTED_MEDIA_TYPE: 415,
  INVALID_BODY: 422,
  LIMIT_REACHED: 429,
  RATE_LIMITED: 429,
  HEADERS_TOO_LARGE: 431,
  INTERNAL: 500,
  CLOSED: 503,
};

/** A request that is refused before it reaches the service's own code. */
export class ApiError extends FlawlessError {
  readonly code: ApiErrorCode;
  /** The HTTP status of the response. */
  readonly status: number;
  /** Headers that belong to this response, such as `Allow`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ApiErrorCode,
    message: string,
    options?: { readonly cause?: unknown; readonly headers?: Readonly<Record<string, string>> },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = statuses[code];
    this.headers = options?.headers ?? {};
  }

  override get _tag(): "ApiError" {
    return "ApiError";
  }
}
