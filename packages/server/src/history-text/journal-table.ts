import type { HistoryStep } from "@flawless-ts/sdk";
import { onOneLine } from "./one-line.ts";
import { spanText } from "./span-text.ts";
import { answerText, callText } from "./step-text.ts";

/** The reason why a workflow failed is more often at the end of its journal than at the beginning. */
const firstSteps = 10;
const lastSteps = 20;
const maxCellLength = 60;
const headings = ["step", "at", "took", "call", "answer"] as const;

/**
 * A journal's steps as a table with headings; the middle of a long journal is omitted. Failing tests print it, and so
 * does `flawless show`.
 *
 * @param startedAt the time that `at` is relative to, in milliseconds since the Unix epoch
 * @param options with `all`, nothing is omitted
 */
export function journalTable(
  steps: readonly HistoryStep[],
  startedAt: number,
  { all = false }: { readonly all?: boolean | undefined } = {},
): readonly string[] {
  const isLong = !all && steps.length > firstSteps + lastSteps;
  const head = isLong ? steps.slice(0, firstSteps) : steps;
  const tail = isLong ? steps.slice(-lastSteps) : [];
  const rows = [headings, ...[...head, ...tail].map((step) => row(step, startedAt))];
  const widths = headings.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const leftOut = steps.length - head.length - tail.length;
  return isLong ? lines.toSpliced(head.length + 1, 0, `… ${leftOut} steps left out`) : lines;
}

function row({ step, at, answeredAt, call, answer }: HistoryStep, startedAt: number): string[] {
  const calledAt = Date.parse(at);
  return [
    String(step),
    `+${spanText(calledAt - startedAt)}`,
    answeredAt === null ? "" : spanText(Date.parse(answeredAt) - calledAt),
    onOneLine(callText(call), maxCellLength),
    answer === null ? "(waiting)" : onOneLine(answerText(call, answer), maxCellLength),
  ];
}
