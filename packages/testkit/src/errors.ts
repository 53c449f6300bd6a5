import { FlawlessError } from "@flawless-ts/wasm-module";

/** Stable codes of {@link TestkitError}. */
export type TestkitErrorCode =
  /** A closed environment was used. */
  | "FLAWLESS_TESTKIT_CLOSED"
  /** A cluster was used before it was started. */
  | "FLAWLESS_TESTKIT_NOT_STARTED"
  /** A member of a cluster doesn't support the operation, such as cutting off a node in this process. */
  | "FLAWLESS_TESTKIT_NOT_SUPPORTED"
  /** Nothing will ever wake what the test waits for. */
  | "FLAWLESS_TESTKIT_DEADLOCK"
  /** A workflow sent a request that no route and no handler answers. */
  | "FLAWLESS_TESTKIT_UNEXPECTED_REQUEST"
  /** A request handler did not respond within the real time allowed. */
  | "FLAWLESS_TESTKIT_HANDLER_STUCK"
  /** A workflow ended without doing what the test waited for. */
  | "FLAWLESS_TESTKIT_RUN_ENDED"
  /** A recorded history and a module's build don't match. */
  | "FLAWLESS_TESTKIT_REPLAY_MISMATCH"
  /** A crash changed what the workflow did. */
  | "FLAWLESS_TESTKIT_CRASH_CHANGED_OUTCOME"
  /** A file or text is not a history. */
  | "FLAWLESS_TESTKIT_INVALID_HISTORY"
  /** A package is not installed that only containers need, not in-process tests. */
  | "FLAWLESS_TESTKIT_NO_TESTCONTAINERS"
  /** No Docker engine is reachable. */
  | "FLAWLESS_TESTKIT_NO_DOCKER"
  /** An image is missing, or could not be built. */
  | "FLAWLESS_TESTKIT_IMAGE_FAILED"
  /** Several nodes need PostgreSQL, and neither npm nor Docker has one for this machine. */
  | "FLAWLESS_TESTKIT_NO_POSTGRES"
  /** Nodes are reached by tickets, but the package for that is not installed. */
  | "FLAWLESS_TESTKIT_NO_IROH"
  /** A container did not become ready, or exited; the message has the last lines of its log. */
  | "FLAWLESS_TESTKIT_CONTAINER_FAILED"
  /** The file given as the original Flawless server is a different one. */
  | "FLAWLESS_TESTKIT_BINARY_REFUSED"
  /** A job of a cluster did not reach the state that was waited for. */
  | "FLAWLESS_TESTKIT_JOB_UNFINISHED"
  /** A service is unreachable from the place asked for. */
  | "FLAWLESS_TESTKIT_UNREACHABLE";

/** An error of the testkit; `code` says which. */
export class TestkitError extends FlawlessError {
  readonly code: TestkitErrorCode;

  constructor(code: TestkitErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  override get _tag(): "TestkitError" {
    return "TestkitError";
  }
}
