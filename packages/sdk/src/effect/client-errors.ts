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
  WorkflowCancelledError,
  WorkflowFailedError,
} from "../errors/index.ts";

/**
 * What can befall any call. Each has a `_tag` for `Effect.catchTag`. Abortion is not among them: a call ends early when
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

/** What can befall a call that the original server does not know. */
export type ExtraRequestError = RequestError | NotSupportedByServerError;

/** What can befall a deployment. */
export type DeployError = RequestError | ContractError | ModuleFileError;

/** What can befall a start. */
export type StartError = ExtraRequestError | ContractError | NotJsonError;

/** Errors of waiting for a response. */
export type ResponseError = ExtraRequestError | ContractError;

/** What can befall a message. */
export type SendError = RequestError | ContractError | NotJsonError;

/** What can befall publishing a job. */
export type PublishError = ExtraRequestError | NotJsonError;

/** What ends a worker. */
export type WorkerError = ExtraRequestError | ModuleFileError;
