import type { ActivityFault, ActivityOutcome } from "../../activities/index.ts";

/** What the guest gets, as JSON text: `{"value": ...}` or `{"error": {...}}`. */
export function activityResult(outcome: ActivityOutcome): string {
  if ("value" in outcome) {
    return `{"value":${outcome.value}}`;
  }
  const { error, attempts } = outcome;
  return `{"error":{"code":${JSON.stringify(error.code)},"attempts":${attempts},${errorMembers(error)}}}`;
}

/** Details are JSON text already. */
function errorMembers({
  name,
  message,
  stack,
  details,
  cause,
}: ActivityFault["cause"] & object): string {
  return [
    `"name":${JSON.stringify(name)}`,
    `"message":${JSON.stringify(message)}`,
    `"stack":${JSON.stringify(stack)}`,
    `"details":${details ?? "null"}`,
    ...(cause === null ? [] : [`"cause":{${errorMembers(cause)}}`]),
  ].join(",");
}
