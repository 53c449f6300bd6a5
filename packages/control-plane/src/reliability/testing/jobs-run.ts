import type { Flawless, Job, WorkflowInfo } from "@flawless-ts/sdk";

/** The jobs that are not completed, by their states; of failed ones, the reasons. */
export function summary(jobs: readonly Job[]): Record<string, readonly string[]> {
  const by = (status: Job["status"]): readonly string[] =>
    jobs.filter((job) => job.status === status).map(({ id, errorMessage }) => errorMessage ?? id);
  return {
    Pending: by("Pending"),
    Claimed: by("Claimed"),
    InProgress: by("InProgress"),
    Failed: by("Failed"),
  };
}

/** The {@link summary} when all jobs have run. */
export const allCompleted: Record<string, readonly string[]> = {
  Pending: [],
  Claimed: [],
  InProgress: [],
  Failed: [],
};

/** The jobs' numbers in the inputs of all workflows, sorted. */
export async function numbersRun(flawless: Flawless): Promise<readonly number[]> {
  const workflows: WorkflowInfo[] = [];
  for await (const workflow of flawless.workflows()) {
    workflows.push(workflow);
  }
  const inputs = await Promise.all(
    workflows.map(async ({ id }) => (await flawless.workflow(id).journal()).input),
  );
  return inputs
    .map((input) => (JSON.parse(input) as { readonly id: number }).id)
    .toSorted((one, other) => one - other);
}
