import type { WorkflowInfo } from "@flawless-ts/sdk";

/** What a workflow is doing, or why it failed, in a few words. */
export function describeState({ waiting, error }: WorkflowInfo): string {
  if (error !== null) {
    return `${error.code}: ${error.message}`;
  }
  switch (waiting?.on) {
    case "sleep":
      return `sleeps until ${waiting.until}`;
    case "message":
      return `waits for ${waiting.types.join(" or ")}${waiting.until === null ? "" : ` until ${waiting.until}`}`;
    case "http":
      return `waits for ${waiting.method} ${waiting.url}`;
    case "activity":
      return `waits for the activity ${waiting.name} of the queue ${waiting.queue}`;
    case "operations":
      return `waits for the first of ${waiting.count} operations${waiting.until === null ? "" : ` until ${waiting.until}`}`;
    default:
      return "";
  }
}
