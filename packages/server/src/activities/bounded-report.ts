import type { ActivityFailureReport, ActivityReport } from "@flawless-ts/sdk/internal";

const maxMessageCharacters = 16 * 1024;
const maxStackCharacters = 32 * 1024;
const maxDetailsCharacters = 1024 * 1024;
const maxNameCharacters = 200;
const maxCauses = 10;

/** A report that a worker sent, with its failure cut to what is kept. */
export function boundedReport(report: ActivityReport): ActivityReport {
  return "error" in report
    ? { lease: report.lease, error: boundedFailure(report.error, maxCauses) }
    : report;
}

function boundedFailure(
  { name, message, stack, details, nonRetryable, cause }: Partial<ActivityFailureReport>,
  causes: number,
): ActivityFailureReport {
  const isKept = typeof details === "string" && details.length <= maxDetailsCharacters;
  return {
    name: cut(name, maxNameCharacters) || "Error",
    message: cut(message, maxMessageCharacters),
    stack: typeof stack === "string" ? cut(stack, maxStackCharacters) : null,
    details: isKept ? details : null,
    nonRetryable: nonRetryable === true,
    cause:
      causes === 0 || typeof cause !== "object" || cause === null
        ? null
        : boundedFailure(cause, causes - 1),
  };
}

function cut(text: unknown, characters: number): string {
  return typeof text === "string" ? text.slice(0, characters).toWellFormed() : "";
}
