import { EngineError } from "../../errors.ts";
import type { ExecutorPool } from "../../executor/executor-pool.ts";
import type { GuestOutcome } from "../../executor/messages.ts";
import { moduleInspector } from "../../modules/module-inspector.ts";
import { intentLine, stepLine } from "../../journal/journal-line.ts";
import { defaultLimits } from "../limits.ts";
import type { WorkflowHistory } from "../types.ts";
import { noDetail, replayJournal } from "./replay-journal.ts";

/** The outcome of a replay. */
export interface ReplayResult {
  /** The number of recorded steps that were replayed. */
  readonly steps: number;
  /** Null if the new build did what was recorded; otherwise what was recorded and what it did. */
  readonly mismatch: string | null;
}

/**
 * Replays a recorded history on a build of its module, which may differ from the one that recorded it. Nothing leaves
 * the process: each call gets its recorded answer.
 *
 * @throws ModuleError if the bytes are not a module
 * @throws EngineError `WORKFLOW_NOT_FOUND` if it has no such workflow
 */
export async function replayHistory(
  bytes: Uint8Array,
  history: Pick<WorkflowHistory, "workflow" | "input" | "status" | "steps">,
  executors: ExecutorPool,
): Promise<ReplayResult> {
  const { name, version, hash, inspection, guest } = await moduleInspector.inspect(
    bytes,
    defaultLimits,
    { isKnown: false },
  );
  const { workflows } = inspection;
  const { workflow, input, steps } = history;
  if (!workflows.includes(workflow)) {
    throw new EngineError(
      "WORKFLOW_NOT_FOUND",
      `Module ${name} ${version} has no workflow ${JSON.stringify(workflow)}, only ${workflows.join(", ")}.`,
    );
  }
  const journal = steps.map(({ call, answer }) =>
    answer === null ? intentLine(0, call, noDetail) : stepLine(0, call, answer),
  );
  const came = await replayJournal(
    { workflow, input, journal, openCall: steps.at(-1)?.call },
    { guest, moduleKey: `${hash} replay`, callLimits: defaultLimits, executors },
  );
  return { steps: steps.length, mismatch: mismatchOf(history, came) };
}

/** @param came the first call after the recorded ones, or how the guest ended without one */
function mismatchOf(
  history: Pick<WorkflowHistory, "status" | "steps">,
  came: string | GuestOutcome,
): string | null {
  const { status, steps } = history;
  const after = `after step ${steps.length}`;
  if (typeof came !== "string" && came.status === "failed") {
    if (came.code === "REPLAY_MISMATCH") {
      return came.message;
    }
    return status === "failed"
      ? null
      : `replay took another way ${after}: recorded was that the workflow is ${status}, but now it failed: ${came.message}`;
  }
  const ends = typeof came !== "string";
  const last = steps.at(-1);
  if (status === "failed" && last?.answer === null && came === last.call) {
    // It failed in that call, as with `flawless:v1/fail`.
    return null;
  }
  if (status === "completed" || status === "failed") {
    const isSame = ends && status === "completed";
    const now = ends ? "it is completed" : `came ${came}`;
    return isSame
      ? null
      : `replay took another way ${after}: recorded was that the workflow is ${status}, but now ${now}`;
  }
  // It was recorded in the middle, so any way in which the new build continues from there is right.
  return null;
}
