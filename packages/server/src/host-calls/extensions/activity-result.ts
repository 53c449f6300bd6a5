import type { ActivityFault, ActivityOutcome } from "../../activities/index.ts";

/** The result for the guest, as JSON text: `{"value": ...}` or `{"error": {...}}`. */
export function activityResult(outcome: ActivityOutcome): string {
  if ("value" in outcome) {
    return `{"value":${outcome.value}}`;
  }
  const { error, attempts } = outcome;
  return `{"error":{"code":${JSON.stringify(error.code)},"attempts":${attempts},${errorMembers(error)}}}`;
}

/** Details are already JSON text. */
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
