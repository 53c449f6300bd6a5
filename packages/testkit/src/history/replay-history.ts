import { readFile } from "node:fs/promises";
import { writeJson } from "@flawless-ts/sdk";
import { replayHistory as replay } from "@flawless-ts/server/internal";
import { sharedExecutors } from "../environment/shared-executors.ts";
import { TestkitError } from "../errors.ts";
import { readHistory, toHistory, type RecordedHistory } from "./history-file.ts";

/** The report of a successful replay. */
export interface ReplayReport {
  /** The number of recorded steps that were replayed. */
  readonly steps: number;
}

/**
 * Replays a recorded history on a build of its module: would running workflows continue with this build? Nothing leaves
 * the process; each call gets its recorded answer.
 *
 * @param module the bytes of a `.wasm`, or the path of one
 * @param history the result of `run.history()`, or the path of a file with it (see `readHistory`)
 * @throws TestkitError `FLAWLESS_TESTKIT_REPLAY_MISMATCH` with the step, the recorded call and the new one;
 * `FLAWLESS_TESTKIT_INVALID_HISTORY`
 */
export async function replayHistory(
  module: Uint8Array | string | URL,
  history: RecordedHistory | string | URL,
): Promise<ReplayReport> {
  const bytes = module instanceof Uint8Array ? module : await readFile(module);
  const isPath = typeof history === "string" || history instanceof URL;
  const recorded = isPath ? await readHistory(history) : toHistory(history, "what was given");
  const { workflow, input, status } = recorded;
  const steps = recorded.steps.map(({ call, answer }, index) => ({
    step: index + 1,
    at: "",
    answeredAt: null,
    // A JSON text is an ABI call only if it is text itself: GetInput and TimeNow are JSON strings.
    call: toText(call),
    answer: answer === null ? null : toText(answer),
  }));
  const result = await replay(bytes, { workflow, input, status, steps }, sharedExecutors());
  if (result.mismatch !== null) {
    throw new TestkitError(
      "FLAWLESS_TESTKIT_REPLAY_MISMATCH",
      `Workflow ${workflow}: ${result.mismatch}`,
    );
  }
  return { steps: result.steps };
}

/** Unit calls and answers are JSON strings such as "TimeNow"; as text they have quotes. */
function toText(value: unknown): string {
  return typeof value === "string" && /^\s*["{]/.test(value) ? value : writeJson(value);
}
