import { FlawlessError } from "@flawless-ts/wasm-module/internal/client";

/** The details of a server's refusal. */
export interface Refusal {
  readonly url: string;
  /** HTTP status. The original server's is meaningless. */
  readonly status: number;
  /** The server's own `code`; `null` from the original server, which has none. */
  readonly serverCode: string | null;
  /** The server's text. */
  readonly serverMessage: string;
  /** The workflow in question, if the server names one. */
  readonly workflowId: string | null;
}

/** The base of all errors that a server reports as `{"error": text}`. Its text is in the message. */
export abstract class RefusedError extends FlawlessError {
  readonly url: string;
  /** HTTP status. The original server's is meaningless. */
  readonly status: number;
  /** The server's own `code`; `null` from the original server, which has none. */
  readonly serverCode: string | null;
  /** The server's text. */
  readonly serverMessage: string;

  constructor(message: string, refusal: Refusal, options?: ErrorOptions) {
    super(message, options);
    this.url = refusal.url;
    this.status = refusal.status;
    this.serverCode = refusal.serverCode;
    this.serverMessage = refusal.serverMessage;
  }

  override get _tag(): string {
    return "RefusedError";
  }
}

/** The server refused with a reason that is only text, as from the original server. */
export class ServerRefusedError extends RefusedError {
  override readonly code = "FLAWLESS_SERVER_REFUSED" as const;

  constructor(refusal: Refusal) {
    super(`The server refused: ${refusal.serverMessage}`, refusal);
  }

  override get _tag(): "ServerRefusedError" {
    return "ServerRefusedError";
  }
}

/** The server requires a token, or a different one. */
export class UnauthorizedError extends RefusedError {
  override readonly code = "FLAWLESS_UNAUTHORIZED" as const;

  constructor(refusal: Refusal) {
    super(`Unauthorized (see the option \`token\`): ${refusal.serverMessage}`, refusal);
  }

  override get _tag(): "UnauthorizedError" {
    return "UnauthorizedError";
  }
}

/** The server knows no such module, version, workflow or id. */
export class NotFoundError extends RefusedError {
  override readonly code = "FLAWLESS_NOT_FOUND" as const;

  constructor(refusal: Refusal) {
    super(`Not found: ${refusal.serverMessage}`, refusal);
  }

  override get _tag(): "NotFoundError" {
    return "NotFoundError";
  }
}

/** The request contradicts the current state: other bytes under a deployed version, a message to an ended workflow. */
export class ConflictError extends RefusedError {
  override readonly code = "FLAWLESS_CONFLICT" as const;

  constructor(refusal: Refusal) {
    super(`Conflict: ${refusal.serverMessage}`, refusal);
  }

  override get _tag(): "ConflictError" {
    return "ConflictError";
  }
}

/** The server rejects the request as invalid. */
export class InvalidRequestError extends RefusedError {
  override readonly code = "FLAWLESS_INVALID_REQUEST" as const;

  constructor(refusal: Refusal) {
    super(`The server cannot take the request: ${refusal.serverMessage}`, refusal);
  }

  override get _tag(): "InvalidRequestError" {
    return "InvalidRequestError";
  }
}

/** The server can't serve the request now: it is overloaded, shutting down, or can't write its journal. */
export class ServerUnavailableError extends RefusedError {
  override readonly code = "FLAWLESS_SERVER_UNAVAILABLE" as const;

  constructor(refusal: Refusal) {
    super(`The server cannot serve this now, try again later: ${refusal.serverMessage}`, refusal);
  }

  override get _tag(): "ServerUnavailableError" {
    return "ServerUnavailableError";
  }
}

/** The deployed bytes are not a module that the server can run. */
export class ModuleRefusedError extends RefusedError {
  override readonly code = "FLAWLESS_MODULE_REFUSED" as const;

  constructor(refusal: Refusal) {
    super(`The server refused the module: ${refusal.serverMessage}`, refusal);
  }

  override get _tag(): "ModuleRefusedError" {
    return "ModuleRefusedError";
  }
}

/**
 * The workflow failed, before it responded if its response was awaited. The server's text contains the panic's message. If the workflow reported its
 * error, that is the `cause`: with its name, message, stack and own causes.
 */
export class WorkflowFailedError extends RefusedError {
  override readonly code = "FLAWLESS_WORKFLOW_FAILED" as const;
  /** The workflow's id, if the server returns it. */
  readonly workflowId: string | null;

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(`The workflow failed: ${refusal.serverMessage}`, refusal, options);
    this.workflowId = refusal.workflowId;
  }

  override get _tag(): "WorkflowFailedError" {
    return "WorkflowFailedError";
  }
}

/** The workflow was cancelled, before it responded if its response was awaited. */
export class WorkflowCancelledError extends RefusedError {
  override readonly code = "FLAWLESS_WORKFLOW_CANCELLED" as const;
  /** The workflow's id, if the server returns it. */
  readonly workflowId: string | null;

  constructor(refusal: Refusal) {
    super(refusal.serverMessage, refusal);
    this.workflowId = refusal.workflowId;
  }

  override get _tag(): "WorkflowCancelledError" {
    return "WorkflowCancelledError";
  }
}
