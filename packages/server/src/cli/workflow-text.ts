import type { WorkflowInfo } from "@flawless-ts/sdk";

/** What a workflow is doing, or why it failed, in short. */
export function describeState({ waiting, error }: WorkflowInfo): string {
  if (error !== null) {
    return `${error.code}: ${error.message}`;
  }
  switch (waiting?.on) {
    case "sleep":
      return `sleeping until ${waiting.until}`;
    case "message":
      return `waiting for ${waiting.types.join(" or ")}${waiting.until === null ? "" : ` until ${waiting.until}`}`;
    case "http":
      return `waiting for ${waiting.method} ${waiting.url}`;
    case "activity":
      return `waiting for the activity ${waiting.name} in the queue ${waiting.queue}`;
    case "operations":
      return `waiting for the first of ${waiting.count} operations${waiting.until === null ? "" : ` until ${waiting.until}`}`;
    default:
      return "";
  }
}
