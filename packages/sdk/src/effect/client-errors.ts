import type { ContractError } from "@flawless-ts/wasm-module";
import type {
  AnswerTooLargeError,
  ClientClosedError,
  ConflictError,
  FlawlessConnectionError,
  FlawlessTimeoutError,
  InvalidOptionError,
  InvalidRequestError,
  ModuleFileError,
  ModuleRefusedError,
  NotFoundError,
  NotJsonError,
  NotSupportedByServerError,
  ServerRefusedError,
  ServerUnavailableError,
  UnauthorizedError,
  UnexpectedAnswerError,
  UpdateRejectedError,
  WorkflowCancelledError,
  WorkflowFailedError,
} from "../errors/index.ts";

/**
 * Errors that any call may throw. Each has a `_tag` for `Effect.catchTag`. Aborting is not among them: a call ends early when
 * its fiber is interrupted.
 */
export type RequestError =
  | AnswerTooLargeError
  | ClientClosedError
  | ConflictError
  | FlawlessConnectionError
  | FlawlessTimeoutError
  | InvalidOptionError
  | InvalidRequestError
  | ModuleRefusedError
  | NotFoundError
  | ServerRefusedError
  | ServerUnavailableError
  | UnauthorizedError
  | UnexpectedAnswerError
  | WorkflowCancelledError
  | WorkflowFailedError;

/** Errors of a call that the original server doesn't support. */
export type ExtraRequestError = RequestError | NotSupportedByServerError;

/** Errors of a deployment. */
export type DeployError = RequestError | ContractError | ModuleFileError;

/** Errors of a start. */
export type StartError = ExtraRequestError | ContractError | NotJsonError;

/** Errors of waiting for a response. */
export type ResponseError = ExtraRequestError | ContractError;

/** Errors of sending a message. */
export type SendError = RequestError | ContractError | NotJsonError;

/** Errors of an update. */
export type UpdateError = ExtraRequestError | ContractError | NotJsonError | UpdateRejectedError;

/** Errors of publishing a job. */
export type PublishError = ExtraRequestError | NotJsonError;

/** Errors that end a worker. */
export type WorkerError = ExtraRequestError | ModuleFileError;
