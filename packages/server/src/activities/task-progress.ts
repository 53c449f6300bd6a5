import type { ActivityFault } from "./activity-task.ts";

/** What is known about a task after a restart. */
export type TaskProgress =
  /**
   * So many attempts failed, the last one with `fault`; the next one is at `nextAt` (milliseconds since the Unix
   * epoch).
   */
  | {
      readonly kind: "failed";
      readonly attempts: number;
      readonly nextAt: number;
      readonly fault: ActivityFault;
      /** The attempt's last details: JSON text or null. */
      readonly details: string | null;
    }
  /** It was handed out, or was about to be, and must not be handed out again. */
  | { readonly kind: "handed-out" };

/** A line of text for the journal. */
export function progressLine(progress: TaskProgress): string {
  return JSON.stringify(progress);
}

/** @param line made by {@link progressLine} */
export function readProgress(line: string | null): TaskProgress | null {
  return line === null ? null : (JSON.parse(line) as TaskProgress);
}
