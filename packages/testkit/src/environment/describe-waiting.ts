import type { WorkflowInfo } from "@flawless-ts/sdk";

/** Says what each running workflow waits for. */
export function describeWaiting(workflows: readonly WorkflowInfo[]): string {
  const running = workflows.filter(({ status }) => status === "running");
  const lines = running.map(
    ({ id, workflow, waiting }) => `${workflow} (${id}) ${describe(waiting)}`,
  );
  return lines.length === 0 ? "no workflow is running" : lines.join("; ");
}

function describe(waiting: WorkflowInfo["waiting"]): string {
  switch (waiting?.on) {
    case "message":
      return `waits for a message of type ${waiting.types.map((type) => JSON.stringify(type)).join(" or ")}`;
    case "sleep":
      return `sleeps until ${waiting.until}`;
    case "http":
      return `waits for the answer to ${waiting.method} ${waiting.url}`;
    case "activity":
      return `waits for attempt ${waiting.attempt} of the activity ${waiting.name} (queue ${waiting.queue})`;
    case "operations":
      return `waits for the first of ${waiting.count} operations`;
    default:
      return "is queued";
  }
}
