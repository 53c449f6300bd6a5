import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal/client";
import type { FlawlessConnection } from "../connection/connection.ts";
import type {
  ActivityQueueSummary,
  CancelFilter,
  EndManner,
  RestartFailure,
  RestartFilter,
  RestartOutcome,
  WorkflowFilter,
  WorkflowPage,
} from "../connection/types.ts";
import type { CallOptions } from "../http/call-scope.ts";
import { atLeast } from "../options/checks.ts";
import { checkKey } from "./idempotency-key.ts";
import { inCall } from "./in-call.ts";

/** Options of `listWorkflows`. */
export interface ListOptions extends WorkflowFilter, CallOptions {
  /** The `cursor` of the previous page. Default: the first page. */
  readonly cursor?: string | undefined;
}

/** Options of `listActivityQueues`. */
export interface ActivityQueueOptions extends CallOptions {
  /** How many tasks to return per queue, oldest first; up to 1,000. Default 20. */
  readonly tasks?: number | undefined;
}

/** Options of `cancelWorkflows` and `terminateWorkflows`. */
export interface CancelWorkflowsOptions extends CancelFilter, CallOptions {
  /** Only count them. Default false. */
  readonly dryRun?: boolean | undefined;
}

/** Options of `restartWorkflows`. */
export interface RestartWorkflowsOptions extends RestartFilter, CallOptions {
  /** Only count them. Default false. */
  readonly dryRun?: boolean | undefined;
  /**
   * Another call with the same key restarts neither them nor their restarts again. 1 to 255 visible ASCII characters.
   * Default: a new one.
   */
  readonly idempotencyKey?: string | undefined;
}

/** The max number of failures in the list. */
const namedFailures = 100;

const callNames = { signal: true, timeoutMs: true } as const;
const conditionNames = {
  module: true,
  version: true,
  workflow: true,
  key: true,
  labels: true,
  createdFrom: true,
  createdBefore: true,
  endedFrom: true,
  endedBefore: true,
  idPrefix: true,
  keyPrefix: true,
  namePrefix: true,
  inputText: true,
} as const;
const listOptionNames = optionNames<ListOptions>({
  ...callNames,
  ...conditionNames,
  status: true,
  limit: true,
  cursor: true,
});
const activityQueueOptionNames = optionNames<ActivityQueueOptions>({ ...callNames, tasks: true });
const cancelOptionNames = optionNames<CancelWorkflowsOptions>({
  ...callNames,
  ...conditionNames,
  dryRun: true,
});

const restartOptionNames = optionNames<RestartWorkflowsOptions>({
  ...callNames,
  ...conditionNames,
  status: true,
  dryRun: true,
  idempotencyKey: true,
});

const endings = { cancel: "Cancelling workflows", terminate: "Terminating workflows" } as const;

/** See `Flawless.listWorkflows`. */
export async function listWorkflows(
  connection: FlawlessConnection,
  options: ListOptions,
): Promise<WorkflowPage> {
  if (options.limit !== undefined) atLeast(1, "limit", options.limit);
  refuseUnknownOptions(options, listOptionNames);
  const { signal, timeoutMs, cursor, ...filter } = options;
  return await inCall(connection, ["Listing workflows", { signal, timeoutMs }], (scope) =>
    connection.workflows(filter, cursor, scope),
  );
}

/** See `Flawless.cancelWorkflows` and `Flawless.terminateWorkflows`. */
export async function endWorkflows(
  connection: FlawlessConnection,
  manner: EndManner,
  options: CancelWorkflowsOptions,
): Promise<number> {
  refuseUnknownOptions(options, cancelOptionNames);
  const { signal, timeoutMs, dryRun = false, ...filter } = options;
  let total = 0;
  let cursor: string | undefined;
  do {
    const page = await inCall(connection, [endings[manner], { signal, timeoutMs }], (scope) =>
      connection.endWorkflows(manner, filter, dryRun, cursor, scope),
    );
    total += page.count;
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return total;
}

/** See `Flawless.restartWorkflows`. */
export async function restartWorkflows(
  connection: FlawlessConnection,
  options: RestartWorkflowsOptions,
): Promise<RestartOutcome> {
  refuseUnknownOptions(options, restartOptionNames);
  const { signal, timeoutMs, dryRun = false, ...rest } = options;
  const { idempotencyKey = crypto.randomUUID(), ...filter } = rest;
  checkKey(idempotencyKey);
  let count = 0;
  let failed = 0;
  const failures: RestartFailure[] = [];
  let cursor: string | undefined;
  do {
    const manner = { idempotencyKey, dryRun, cursor };
    const page = await inCall(
      connection,
      ["Restarting workflows", { signal, timeoutMs }],
      (scope) => connection.restartWorkflows(filter, manner, scope),
    );
    count += page.count;
    failed += page.failed;
    failures.push(...page.failures.slice(0, namedFailures - failures.length));
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return { count, failed, failures };
}

/** See `Flawless.listActivityQueues`. */
export async function listActivityQueues(
  connection: FlawlessConnection,
  options: ActivityQueueOptions,
): Promise<readonly ActivityQueueSummary[]> {
  refuseUnknownOptions(options, activityQueueOptionNames);
  const { tasks, ...call } = options;
  if (tasks !== undefined) atLeast(0, "tasks", tasks);
  return await inCall(connection, ["Listing queues of activities", call], (scope) =>
    connection.activityQueues(tasks, scope),
  );
}
