import type { Logger } from "pino";
import type { EngineObserver, ObservedWorkflow, WorkflowLog } from "./engine/index.ts";
import type { LogBudget } from "./log-budget.ts";

/** How long to wait after reporting omitted lines, before reporting more. */
const sayAgainMs = 10_000;

/** The engine options that log its workflows. */
export interface WorkflowLogger {
  readonly observer: EngineObserver;
  /** A log line of a guest. */
  write(line: WorkflowLog): void;
}

/**
 * Logs starts, ends and log lines of workflows, each with the workflow's id and module and, if known, the id of the request that
 * started it. Failures are warnings; starts and other ends have level `debug`. The engine has already replaced secrets.
 *
 * @param budget guests' lines beyond it are omitted here; journals have them
 */
export function workflowLogger(logger: Logger, budget: Pick<LogBudget, "take">): WorkflowLogger {
  const leftOut = new LeftOutLines(logger);
  return {
    observer: {
      workflowStarted: (workflow) => {
        if (logger.isLevelEnabled("debug")) {
          logger.debug(fieldsOf(workflow), "workflow started");
        }
      },
      scheduleDecided: ({ schedule, at, outcome, error }) => {
        if (error !== null) {
          const { code, message } = error;
          const fields = { schedule, at: new Date(at).toISOString(), code, reason: message };
          logger.warn(fields, "a schedule's workflow can't be started");
        } else if (logger.isLevelEnabled("debug")) {
          logger.debug({ schedule, at: new Date(at).toISOString(), outcome }, "a schedule's time");
        }
      },
      workflowEnded: (workflow, { status, failure, endedAt }) => {
        if (failure === null && !logger.isLevelEnabled("debug")) {
          return;
        }
        const fields = { ...fieldsOf(workflow), status, ms: endedAt - workflow.createdAt };
        if (failure === null) {
          logger.debug(fields, "workflow ended");
        } else {
          const { code, message } = failure;
          logger.warn({ ...fields, code, reason: message }, "workflow failed");
        }
      },
    },
    write({ level, message, replaying, requestId, ...source }) {
      // It was logged when the guest first got here.
      if (replaying || !logger.isLevelEnabled(level)) {
        return;
      }
      if (budget.take(`${source.module} ${source.version}`, message)) {
        logger[level](withRequest(source, requestId), message);
      } else {
        leftOut.add(source);
      }
    },
  };
}

/** Reports occasionally how many lines were omitted. */
class LeftOutLines {
  readonly #logger: Logger;
  #lines = 0;
  #saidAt = -Infinity;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add({
    id,
    module,
    version,
    workflow,
  }: Pick<WorkflowLog, "id" | "module" | "version" | "workflow">): void {
    this.#lines += 1;
    const now = performance.now();
    if (now - this.#saidAt >= sayAgainMs) {
      this.#logger.warn(
        { id, module, version, workflow, lines: this.#lines },
        "workflows log more than logCharactersPerSecond allows: some lines are only in their journals",
      );
      this.#lines = 0;
      this.#saidAt = now;
    }
  }
}

function fieldsOf({ id, module, version, workflow, requestId }: ObservedWorkflow): object {
  return withRequest({ id, module, version, workflow }, requestId);
}

/** The name of this field in the request log. */
function withRequest(fields: object, requestId: string | null): object {
  return requestId === null ? fields : { ...fields, reqId: requestId };
}
