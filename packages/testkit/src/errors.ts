import { FlawlessError } from "@flawless-ts/wasm-module";

/** Stable codes of {@link TestkitError}. */
export type TestkitErrorCode =
  /** Something was asked of an environment that is closed. */
  | "FLAWLESS_TESTKIT_CLOSED"
  /** A cluster was asked for before it was started. */
  | "FLAWLESS_TESTKIT_NOT_STARTED"
  /** A member of a cluster can't do what was asked, such as a node in this process that is to be cut off. */
  | "FLAWLESS_TESTKIT_NOT_SUPPORTED"
  /** Nothing will ever wake what is waited for. */
  | "FLAWLESS_TESTKIT_DEADLOCK"
  /** A workflow sent a request that no route and no handler answers. */
  | "FLAWLESS_TESTKIT_UNEXPECTED_REQUEST"
  /** A handler of requests did not answer in real time. */
  | "FLAWLESS_TESTKIT_HANDLER_STUCK"
  /** A workflow has ended without doing what was waited for. */
  | "FLAWLESS_TESTKIT_RUN_ENDED"
  /** A recorded history and a module's build do not fit. */
  | "FLAWLESS_TESTKIT_REPLAY_MISMATCH"
  /** A crash changed what the workflow did. */
  | "FLAWLESS_TESTKIT_CRASH_CHANGED_OUTCOME"
  /** A history's file or text is not one. */
  | "FLAWLESS_TESTKIT_INVALID_HISTORY"
  /** A package that containers need, and that in-process tests do not, is not installed. */
  | "FLAWLESS_TESTKIT_NO_TESTCONTAINERS"
  /** No Docker engine answers. */
  | "FLAWLESS_TESTKIT_NO_DOCKER"
  /** An image is not there, or could not be built. */
  | "FLAWLESS_TESTKIT_IMAGE_FAILED"
  /** Several nodes need PostgreSQL, and neither npm nor Docker has one for this machine. */
  | "FLAWLESS_TESTKIT_NO_POSTGRES"
  /** Nodes are to be reached by tickets, and the package for that is not installed. */
  | "FLAWLESS_TESTKIT_NO_IROH"
  /** A container did not become ready, or ended; the message has the last lines of its log. */
  | "FLAWLESS_TESTKIT_CONTAINER_FAILED"
  /** A file that is given as the original Flawless server is another one. */
  | "FLAWLESS_TESTKIT_BINARY_REFUSED"
  /** A job of a cluster did not become what was waited for. */
  | "FLAWLESS_TESTKIT_JOB_UNFINISHED"
  /** Nothing can reach a service from where it is asked for. */
  | "FLAWLESS_TESTKIT_UNREACHABLE";

/** An error of the testkit; `code` tells which. */
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
