import type {
  ActivityBeat,
  ActivityFailureReport,
  ActivityReport,
} from "@flawless-ts/sdk/internal";

const maxMessageCharacters = 16 * 1024;
const maxStackCharacters = 32 * 1024;
const maxDetailsCharacters = 1024 * 1024;
const maxNameCharacters = 200;
const maxCauses = 10;

/** A worker's report, with its failure truncated to the max size that is stored. */
export function boundedReport(report: ActivityReport): ActivityReport {
  if ("value" in report) {
    return report;
  }
  const details = boundedDetails(report.details);
  return "error" in report
    ? { lease: report.lease, error: boundedFailure(report.error, maxCauses), details }
    : { ...report, details };
}

/** A worker's heartbeat, without details that are too large. */
export function boundedBeat(beat: ActivityBeat): ActivityBeat {
  return { ...beat, details: boundedDetails(beat.details) };
}

function boundedDetails(details: string | null | undefined): string | null {
  return typeof details === "string" && details.length <= maxDetailsCharacters ? details : null;
}

function boundedFailure(
  { name, message, stack, details, nonRetryable, cause }: Partial<ActivityFailureReport>,
  causes: number,
): ActivityFailureReport {
  return {
    name: cut(name, maxNameCharacters) || "Error",
    message: cut(message, maxMessageCharacters),
    stack: typeof stack === "string" ? cut(stack, maxStackCharacters) : null,
    details: boundedDetails(details),
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
