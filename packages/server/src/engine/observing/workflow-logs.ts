import type { GuestLog } from "../../executor/messages.ts";
import type { EngineOptions } from "../engine-options.ts";
import { shortened } from "../shortened.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import type { WorkflowRun } from "../runs/workflow-run.ts";

/** Characters of a line in the server's log; the journal has all of it. */
const logCharacters = 16 * 1024;

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
      const message = shortened(hideSecrets(log.message), logCharacters);
      onLog({ ...log, message, ...source });
    }
  };
}
