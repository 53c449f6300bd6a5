import { FlawlessError } from "@flawless-ts/wasm-module";

/** Stable codes of {@link TestkitError}. */
export type TestkitErrorCode =
  /** Something was asked of an environment that was disposed. */
  | "TESTKIT_DISPOSED"
  /** Options, or arguments, that make no sense or contradict each other. */
  | "TESTKIT_INVALID_OPTION"
  /** An existing server can't do what was asked: skip time, crash, and so on. */
  | "TESTKIT_NOT_SUPPORTED"
  /** Nothing will ever wake what is waited for. */
  | "TESTKIT_DEADLOCK"
  /** A workflow sent a request that no route and no handler answers. */
  | "TESTKIT_UNEXPECTED_REQUEST"
  /** A handler of requests did not answer in real time. */
  | "TESTKIT_HANDLER_STUCK"
  /** A recorded history and a module's build do not fit. */
  | "TESTKIT_REPLAY_MISMATCH"
  /** A crash changed what the workflow did. */
  | "TESTKIT_CRASH_CHANGED_OUTCOME"
  /** A history's file or text is not one. */
  | "TESTKIT_INVALID_HISTORY"
  /** No Docker engine answers. */
  | "TESTKIT_NO_DOCKER"
  /** An image is not there, or could not be built. */
  | "TESTKIT_IMAGE_FAILED"
  /** A container did not become ready, or ended; the message has the last lines of its log. */
  | "TESTKIT_CONTAINER_FAILED"
  /** A file that is given as the original Flawless server is another one. */
  | "TESTKIT_BINARY_REFUSED"
  /** A job of a cluster did not become what was waited for. */
  | "TESTKIT_JOB_UNFINISHED"
  /** Nothing can reach a service from where it is asked for. */
  | "TESTKIT_UNREACHABLE";

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
