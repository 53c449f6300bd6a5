import type { GuestLog } from "../executor/messages.ts";
import type { EngineOptions } from "./engine-options.ts";
import { toPublicId } from "./workflow-id.ts";
import type { WorkflowRun } from "./workflow-run.ts";

/** Tells a listener which workflow each log line is of. Secrets are hidden before it hears them. */
export function toLogListener(
  onLog: EngineOptions["onLog"],
  hideSecrets: (text: string) => string,
): (run: WorkflowRun, logs: readonly GuestLog[]) => void {
  if (onLog === undefined) {
    return () => undefined;
  }
  return ({ id, record, requestId }, logs) => {
    const { module, version, workflow } = record.workflow;
    const source = { id: toPublicId(id), module, version, workflow, requestId };
    for (const log of logs) {
      onLog({ ...log, message: hideSecrets(log.message), ...source });
    }
  };
}
