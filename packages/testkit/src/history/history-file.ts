import { readFile, writeFile } from "node:fs/promises";
import { parseJson, writeJson } from "@flawless-ts/sdk";
import type { WorkflowHistory } from "@flawless-ts/sdk";
import { TestkitError } from "../errors.ts";

/** A recorded history: steps with `call` and `answer` as JSON text, or as JSON values as in the API. */
export interface RecordedHistory {
  readonly workflow: string;
  /** The JSON text that the workflow was started with. */
  readonly input: string;
  readonly status: WorkflowHistory["status"];
  readonly steps: readonly { readonly call: unknown; readonly answer: unknown }[];
}

/**
 * Reads a history from `writeHistory`, `flawless show --json` or the server's journal route.
 * 64-bit integers in it stay exact.
 *
 * @throws TestkitError `FLAWLESS_TESTKIT_INVALID_HISTORY`
 */
export async function readHistory(path: string | URL): Promise<RecordedHistory> {
  let content: unknown;
  try {
    content = parseJson(await readFile(path, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TestkitError(
      "FLAWLESS_TESTKIT_INVALID_HISTORY",
      `The history ${String(path)} can't be read: ${reason}`,
      {
        cause: error,
      },
    );
  }
  // The journal route wraps it in "ok"; `flawless show` puts it next to the workflow's state.
  const { ok, journal } = (content ?? {}) as { readonly ok?: unknown; readonly journal?: unknown };
  return toHistory(journal ?? ok ?? content, String(path));
}

/** Writes a history to a file that can be committed, read and compared. */
export async function writeHistory(path: string | URL, history: WorkflowHistory): Promise<void> {
  const steps = history.steps.map((step) => ({
    ...step,
    call: parseJson(step.call),
    answer: step.answer === null ? null : parseJson(step.answer),
  }));
  const lines = steps.map((step) => `    ${writeJson(step)}`).join(",\n");
  const head = writeJson({ ...history, steps: [] }).replace(/"steps":\[\]\}$/, '"steps":[');
  await writeFile(path, `${head}\n${lines}\n]}\n`);
}

/** @throws TestkitError `FLAWLESS_TESTKIT_INVALID_HISTORY` */
export function toHistory(value: unknown, from: string): RecordedHistory {
  const history = value as Partial<RecordedHistory> | null;
  const isHistory =
    typeof history === "object" &&
    typeof history?.workflow === "string" &&
    typeof history.input === "string" &&
    typeof history.status === "string" &&
    Array.isArray(history.steps);
  if (!isHistory) {
    throw new TestkitError(
      "FLAWLESS_TESTKIT_INVALID_HISTORY",
      `Expected a history with workflow, input, status and steps in ${from}.`,
    );
  }
  return history as RecordedHistory;
}
