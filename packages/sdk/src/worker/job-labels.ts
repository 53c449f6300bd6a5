import type { Job } from "../control-plane/types.ts";

/** The job that a workflow does. */
export const jobLabel = "control-plane:job";
/** Where the queue of that job is. */
export const controlPlaneLabel = "control-plane:url";

const maxLabels = 16;
const maxCharacters = 256;

/**
 * The labels of a job's workflow: those that it is to have, and those by which the pages of both servers lead from the one to the
 * other. What can't be a label, or would be one too many, is left out.
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
