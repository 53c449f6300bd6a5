import type { WorkflowInfo } from "@flawless-ts/sdk";

/**
 * Describes what each running workflow waits for.
 * @param runs whether the environment has an activity of that name
 */
export function describeWaiting(
  workflows: readonly WorkflowInfo[],
  runs: (activity: string) => boolean,
): string {
  const running = workflows.filter(({ status }) => status === "running");
  const lines = running.map(
    ({ id, workflow, waiting }) => `${workflow} (${id}) ${describe(waiting, runs)}`,
  );
  return lines.length === 0 ? "no workflow is running" : lines.join("; ");
}

function describe(waiting: WorkflowInfo["waiting"], runs: (activity: string) => boolean): string {
  switch (waiting?.on) {
    case "message":
      return `waits for a message of type ${waiting.types.map((type) => JSON.stringify(type)).join(" or ")}`;
    case "sleep":
      return `sleeps until ${waiting.until}`;
    case "http":
      return `waits for the answer to ${waiting.method} ${waiting.url}`;
    case "activity":
      return (
        `waits for attempt ${waiting.attempt} of the activity ${waiting.name} (queue ${waiting.queue})` +
        (runs(waiting.name) ? "" : ", which the environment's `activities` do not have")
      );
    case "operations":
      return `waits for the first of ${waiting.count} operations`;
    default:
      return "is queued";
  }
}
