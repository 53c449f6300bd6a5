import type { TestError } from "vitest";

/**
 * Shows the report once, below the message and the diff of a test's first error. As it is part of the error, every
 * reporter shows it there, whatever happens to the console.
 */
export function attachReport(errors: readonly TestError[], report: string): void {
  const [first] = errors;
  if (first !== undefined && report !== "") {
    first.diff = first.diff === undefined ? report : `${first.diff}\n\n${report}`;
  }
}
