/** One kind of workflow, which has the same name in every engine. */
export interface Workflow {
  readonly name: "noop" | "ten_steps" | "ten_activities" | "ten_requests";
  readonly title: string;
  /** Whether a response is as expected: a wrong response must not count as a fast one. */
  readonly accepts: (response: unknown) => boolean;
}

export type WorkflowName = Workflow["name"];

/** The number of steps in each workflow that has steps. */
export const stepCount = 10;

export const workflows: readonly Workflow[] = [
  { name: "noop", title: "do nothing", accepts: (response) => response === null },
  { name: "ten_steps", title: "10 steps", accepts: isTenValues },
  { name: "ten_activities", title: "10 activities", accepts: isTenValues },
  {
    name: "ten_requests",
    title: "10 HTTP requests",
    accepts: (response) =>
      Array.isArray(response) &&
      response.length === stepCount &&
      response.every((status) => status === 200),
  },
];

/** The number of concurrent callers; each waits for its response before it calls again. */
export const callerCounts: readonly number[] = [1, 64, 512];

function isTenValues(response: unknown): boolean {
  return (
    hasLists(response) &&
    response.randoms.length === 5 &&
    response.times.length === 4 &&
    new Set(response.randoms).size === 5
  );
}

function hasLists(
  response: unknown,
): response is { readonly randoms: readonly unknown[]; readonly times: readonly unknown[] } {
  return (
    typeof response === "object" &&
    response !== null &&
    "randoms" in response &&
    Array.isArray(response.randoms) &&
    "times" in response &&
    Array.isArray(response.times)
  );
}
