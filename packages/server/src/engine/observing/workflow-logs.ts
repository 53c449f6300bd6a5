import type { GuestLog } from "../../executor/messages.ts";
import type { StoredWorkflow } from "../../store/workflow-store.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import { shortened } from "./shortened.ts";

/** The max number of characters of a line in the server's log. The journal has all of it. */
const logCharacters = 16 * 1024;

/** A log line of a guest, and its workflow. */
export interface WorkflowLog extends GuestLog {
  readonly id: string;
  readonly module: string;
  readonly version: string;
  readonly workflow: string;
  /** The id of the request that started the workflow; null if unknown, for example after a restart. */
  readonly requestId: string | null;
}

/** The run that logged. */
interface LoggingRun {
  readonly requestId: string | null;
  readonly record: { readonly workflow: StoredWorkflow };
}

/** Adds the workflow to each log line for a listener. Secrets are hidden first. */
export function toLogListener(
  onLog: ((log: WorkflowLog) => void) | undefined,
  hideSecrets: (text: string) => string,
): (run: LoggingRun, logs: readonly GuestLog[]) => void {
  if (onLog === undefined) {
    return () => undefined;
  }
  return ({ record, requestId }, logs) => {
    const { id, module, version, workflow } = record.workflow;
    const source = { id: toPublicId(id), module, version, workflow, requestId };
    for (const log of logs) {
      const message = shortened(hideSecrets(log.message), logCharacters);
      onLog({ ...log, message, ...source });
    }
  };
}
