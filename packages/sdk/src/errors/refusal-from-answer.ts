import {
  ConflictError,
  InvalidRequestError,
  ModuleRefusedError,
  NotFoundError,
  ServerRefusedError,
  ServerUnavailableError,
  UnauthorizedError,
  WorkflowCancelledError,
  WorkflowFailedError,
  type Refusal,
  type RefusedError,
} from "./refusals.ts";

type RefusalClass = new (refusal: Refusal) => RefusedError;

/** The codes of @flawless-ts/server that say more than the status. */
const classesByCode: ReadonlyMap<string | null, RefusalClass> = new Map<string, RefusalClass>([
  ["MODULE_REFUSED", ModuleRefusedError],
  ["WORKFLOW_FAILED", WorkflowFailedError],
  ["WORKFLOW_CANCELLED", WorkflowCancelledError],
]);

const classesByStatus: ReadonlyMap<number, RefusalClass> = new Map<number, RefusalClass>([
  [401, UnauthorizedError],
  [404, NotFoundError],
  [409, ConflictError],
  [429, ServerUnavailableError],
  [503, ServerUnavailableError],
]);

/**
 * The error for a server's refusal. The status counts only if the server sends a code: the original server has none,
 * and its status is meaningless.
 */
export function refusalFromAnswer(refusal: Refusal): RefusedError {
  const { serverCode, status } = refusal;
  if (status === 401) return new UnauthorizedError(refusal);
  return serverCode === null ? new ServerRefusedError(refusal) : refusalFromStatus(refusal);
}

/** The error for a server's refusal whose status counts even without a code. */
export function refusalFromStatus(refusal: Refusal): RefusedError {
  const { serverCode, status } = refusal;
  const refusalClass = classesByCode.get(serverCode) ?? classesByStatus.get(status);
  if (refusalClass !== undefined) return new refusalClass(refusal);
  return status >= 400 && status < 500
    ? new InvalidRequestError(refusal)
    : new ServerRefusedError(refusal);
}
