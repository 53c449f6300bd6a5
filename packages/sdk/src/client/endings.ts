import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal/client";
import type { WorkflowConnection } from "../connection/connection.ts";
import type { EndManner, WorkflowInfo } from "../connection/types.ts";
import type { CallOptions } from "../http/call-scope.ts";
import { inCall } from "./in-call.ts";

/** Options of `cancel` and `terminate`. */
export interface CancelOptions extends CallOptions {
  /** Whether to end all its descendants, too. Default false. */
  readonly tree?: boolean | undefined;
}

const cancelOptionNames = optionNames<CancelOptions>({ signal: true, timeoutMs: true, tree: true });

const endings = { cancel: "Cancelling", terminate: "Terminating" } as const;

/** See `WorkflowHandle.cancel` and `WorkflowHandle.terminate`. */
export async function endWorkflow(
  connection: WorkflowConnection,
  id: string,
  manner: EndManner,
  options: CancelOptions,
): Promise<WorkflowInfo> {
  refuseUnknownOptions(options, cancelOptionNames);
  const { tree = false, ...call } = options;
  return await inCall(connection, [`${endings[manner]} ${id}`, call], (scope) =>
    connection.end(id, manner, tree, scope),
  );
}
