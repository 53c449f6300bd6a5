import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal/client";
import type { WorkflowConnection } from "../connection/connection.ts";
import type { CallOptions } from "../http/call-scope.ts";
import { atLeast, checkedText } from "../options/checks.ts";
import { checkKey } from "./idempotency-key.ts";
import { inCall } from "./in-call.ts";

/** Options of `restart`. */
export interface RestartOptions extends CallOptions {
  /**
   * Restarts only once: another restart of this workflow with the same key returns the workflow of the first. 1 to 255
   * visible ASCII characters. Default: a new one.
   */
  readonly idempotencyKey?: string | undefined;
  /** Whether to terminate the workflow first if it is still running. Default false: the restart is refused. */
  readonly terminate?: boolean | undefined;
}

const restartOptionNames = optionNames<RestartOptions>({
  signal: true,
  timeoutMs: true,
  idempotencyKey: true,
  terminate: true,
});

/** Options of `fork`. */
export interface ForkOptions extends RestartOptions {
  /** The number of journal steps that the new workflow takes over with their answers; 0 or more. */
  readonly fromStep: number;
  /** The module version it runs on, which must do the same in those steps. Default: this workflow's version. */
  readonly version?: string | undefined;
}

const forkOptionNames = optionNames<ForkOptions>({
  signal: true,
  timeoutMs: true,
  idempotencyKey: true,
  terminate: true,
  fromStep: true,
  version: true,
});

/** See `WorkflowHandle.restart`. @returns the new workflow's id. */
export async function restart(
  connection: WorkflowConnection,
  id: string,
  options: RestartOptions,
): Promise<string> {
  refuseUnknownOptions(options, restartOptionNames);
  const { idempotencyKey = crypto.randomUUID(), terminate = false, ...call } = options;
  checkKey(idempotencyKey);
  return await inCall(connection, [`Restarting ${id}`, call], (scope) =>
    connection.restart(id, { idempotencyKey, terminate }, scope),
  );
}

/** See `WorkflowHandle.fork`. @returns the new workflow's id. */
export async function fork(
  connection: WorkflowConnection,
  id: string,
  options: ForkOptions,
): Promise<string> {
  refuseUnknownOptions(options, forkOptionNames);
  const { fromStep, version, terminate = false, ...rest } = options;
  const { idempotencyKey = crypto.randomUUID(), ...call } = rest;
  atLeast(0, "fromStep", fromStep);
  if (version !== undefined) checkedText("version", version);
  checkKey(idempotencyKey);
  const manner = { fromStep, version, idempotencyKey, terminate };
  return await inCall(connection, [`Forking ${id} from step ${fromStep}`, call], (scope) =>
    connection.fork(id, manner, scope),
  );
}
