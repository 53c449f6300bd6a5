import type { ActivityFault } from "./activity-task.ts";

/** What is known of a task after a restart. */
export type TaskProgress =
  /** That many attempts failed, the last of them so; the next one comes at a time (milliseconds since the Unix epoch). */
  | {
      readonly kind: "failed";
      readonly attempts: number;
      readonly nextAt: number;
      readonly fault: ActivityFault;
      /** What the attempt said last: JSON text or null. */
      readonly details: string | null;
    }
  /** It was handed out, or about to be, and must not be again. */
  | { readonly kind: "handed-out" };

/** A line of text for the journal. */
export function progressLine(progress: TaskProgress): string {
  return JSON.stringify(progress);
}

/** @param line what {@link progressLine} gave */
export function readProgress(line: string | null): TaskProgress | null {
  return line === null ? null : (JSON.parse(line) as TaskProgress);
}
