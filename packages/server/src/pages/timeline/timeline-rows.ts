import {
  type ExtensionStep,
  type JsonMembers,
  members,
  readExtensionStep,
} from "../../history-text/extension-step.ts";
import { operationWords } from "../../history-text/extension-words.ts";
import { stepWords } from "../../history-text/step-words.ts";
import type { StepWords } from "../../history-text/words.ts";
import type { FailedAttempt, HistoryStep, WorkflowHistoryPage } from "../../engine/index.ts";
import { extensionValues, resultValues } from "./extension-values.ts";
import { stepValues, type StepValue } from "./step-values.ts";

/** A line of a workflow's timeline: a step, or an operation with the step that got its result. */
export interface TimelineRow {
  readonly step: number;
  readonly words: StepWords;
  /** In milliseconds since the Unix epoch, like `to`. */
  readonly from: number;
  /** Null while it is running. */
  readonly to: number | null;
  readonly values: readonly StepValue[];
  /** Attempts that another attempt followed or will follow. */
  readonly failures: readonly FailedAttempt[];
  /** The step that got its result, if that is a different step. */
  readonly resultStep: number | null;
}

/** The steps of a page, with log steps separate. */
export interface Timeline {
  readonly rows: readonly TimelineRow[];
  readonly log: readonly TimelineRow[];
}

interface Begun {
  readonly index: number;
  readonly request: JsonMembers;
}

/** Extensions that never answer, because they end the run. */
const unanswered: ReadonlySet<string> = new Set(["continue", "fail"]);

/**
 * Makes lines from steps: an operation that runs concurrently with its workflow has one line, from its beginning until
 * the workflow got its result, if both are among these steps.
 *
 * @param endedAt when the workflow ended, in milliseconds since the Unix epoch (all lines end by then); null if not
 */
export function toTimeline(
  { steps, failedAttempts }: Pick<WorkflowHistoryPage, "steps" | "failedAttempts">,
  endedAt: number | null,
): Timeline {
  const rows: TimelineRow[] = [];
  const log: TimelineRow[] = [];
  const begun = new Map<unknown, Begun>();
  const failuresOf = (wanted: (attempt: FailedAttempt) => boolean): readonly FailedAttempt[] =>
    failedAttempts.length === 0 ? [] : failedAttempts.filter(wanted);

  for (const step of steps) {
    const extension = readExtensionStep(step.call, step.answer);
    const settled = extension === null ? undefined : settledBy(extension, begun);
    if (extension !== null && settled !== undefined) {
      const row = rows[settled.index];
      if (row !== undefined) {
        rows[settled.index] = withResult(row, settled, extension, step);
      }
      continue;
    }
    const row = rowOf(step, extension, endedAt);
    if (extension?.name === "begin" && extension.refused === null) {
      const number = extension.request["operation"];
      begun.set(number, { index: rows.length, request: extension.request });
      const failures = failuresOf(({ operation }) => operation === number);
      rows.push({ ...row, to: endedAt, failures });
    } else if (row.words.kind === "log") {
      log.push(row);
    } else {
      rows.push({ ...row, failures: failuresOf(({ step: of }) => of === step.step) });
    }
  }
  return { rows, log };
}

function rowOf(
  { step, at, answeredAt, call, answer }: HistoryStep,
  extension: ExtensionStep | null,
  endedAt: number | null,
): TimelineRow {
  const from = Date.parse(at);
  const never = extension !== null && unanswered.has(extension.name);
  return {
    step,
    words: stepWords(call, answer, extension),
    from,
    to: answeredAt === null ? (never ? from : endedAt) : Date.parse(answeredAt),
    values: extension === null ? stepValues({ call, answer }) : extensionValues(extension),
    failures: [],
    resultStep: null,
  };
}

/** The operation that a step ends, if it began on the same page. */
function settledBy(
  { name, request, answer }: ExtensionStep,
  begun: ReadonlyMap<unknown, Begun>,
): Begun | undefined {
  switch (name) {
    case "wait":
      return answer === null ? undefined : begun.get(answer["operation"]);
    case "abort":
      return begun.get(request["operation"]);
    default:
      return undefined;
  }
}

function withResult(
  row: TimelineRow,
  { request }: Begun,
  { name, answer }: ExtensionStep,
  { step, at, answeredAt }: HistoryStep,
): TimelineRow {
  const to = Date.parse(answeredAt ?? at);
  if (name === "abort") {
    return { ...row, to, words: { ...row.words, outcome: "given up" }, resultStep: step };
  }
  const result = members(answer?.["result"]);
  return {
    ...row,
    words: operationWords(request, result, true),
    to,
    values: [...row.values, ...resultValues(request, result)],
    resultStep: step,
  };
}
