import type { Job } from "../control-plane/types.ts";

/** The job that a workflow runs. */
export const jobLabel = "control-plane:job";
/** The URL of the job's queue. */
export const controlPlaneLabel = "control-plane:url";

const maxLabels = 16;
const maxCharacters = 256;

/**
 * The labels of a job's workflow: its own, and those with which both servers' pages link to each other. Anything that
 * can't be a label, or would exceed the max number, is omitted.
 */
export function labelsOfJob(
  job: Job,
  controlPlaneUrl: string,
  own: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const links = Object.entries({ [jobLabel]: job.id, [controlPlaneLabel]: controlPlaneUrl });
  const fitting = links.filter(([, value]) => canBeValue(value));
  const all = { ...Object.fromEntries(fitting), ...own };
  return Object.keys(all).length <= maxLabels ? all : own;
}

function canBeValue(value: string): boolean {
  return value.length <= maxCharacters && value.isWellFormed() && !/\p{Cc}/u.test(value);
}
