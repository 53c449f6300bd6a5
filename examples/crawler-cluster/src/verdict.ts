import type { Job, WorkflowJournal } from "@flawless-ts/sdk";

/** What happened to the jobs. */
export interface Verdict {
  readonly published: number;
  readonly completed: number;
  /** Jobs that went back to the queue at least once. */
  readonly handedOutAgain: number;
  /** Workflows that ran on Flawless. */
  readonly workflows: number;
  /** Jobs that had exactly one workflow. */
  readonly ranOnce: number;
  /** Whether everything is as it should be. */
  readonly good: boolean;
}

/**
 * Compares the published jobs with the jobs and workflows that exist.
 *
 * @param published the jobs' ids
 * @param journals of all workflows on the Flawless server
 */
export function verdictOf(
  published: readonly string[],
  jobs: readonly Job[],
  journals: readonly Pick<WorkflowJournal, "input">[],
): Verdict {
  const ran = journals.map(({ input }) => `job-${(JSON.parse(input) as { id: number }).id}`);
  const completed = jobs.filter(({ status }) => status === "Completed").map(({ id }) => id);
  const ranOnce = published.filter((id) => ran.filter((other) => other === id).length === 1);
  const handedOutAgain = jobs.filter(({ retryCount }) => retryCount > 0).length;
  const good =
    jobs.length === published.length &&
    published.every((id) => completed.includes(id)) &&
    ranOnce.length === published.length &&
    ran.length === published.length;
  return {
    published: published.length,
    completed: completed.length,
    handedOutAgain,
    workflows: ran.length,
    ranOnce: ranOnce.length,
    good,
  };
}
