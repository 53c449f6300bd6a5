import { isDeepStrictEqual } from "node:util";
import type { Flawless, JsonValue, WorkflowJournal } from "@flawless-ts/sdk";
import type { SeenRequest, Site } from "./outside-world.ts";

/**
 * The host calls of the fixture `all_calls`, each with its result if nothing goes wrong.
 * `ReplayDebug` is missing: it is never recorded.
 */
export const allCallsSteps = [
  "GetInput",
  "Log",
  "Random",
  "TimeNow",
  "GetSecret",
  "Sleep",
  "POST /effect-1: 200",
  "GET /read: 200",
  "RecvMessage: go",
  "StartWorkflow: child",
  "POST /effect-2: 200",
  "SendResponse",
  "Sleep",
  "POST /effect-3: 200",
] as const;

/** The message that `all_calls` waits for. */
export const goMessage = { value: "go ahead" } as const;

/** The result of a run of `all_calls`, without what may differ from run to run. */
export interface AllCallsRun {
  readonly status: string;
  readonly error: string | null;
  readonly response: unknown;
  readonly steps: readonly string[];
  readonly children: readonly ChildRun[];
  /** What the outside world saw, sorted by path. */
  readonly requests: readonly string[];
}

/** The result of a child. */
export interface ChildRun {
  readonly status: string;
  readonly steps: readonly string[];
}

/** A run without interruptions. */
export const undisturbedRun: AllCallsRun = {
  status: "completed",
  error: null,
  response: {
    received: goMessage.value,
    first_status: 200,
    read_status: 200,
    second_status: 200,
  },
  steps: allCallsSteps,
  children: [{ status: "completed", steps: ["GetInput", "SendResponse", "POST /child: 200"] }],
  requests: [
    "GET /read ",
    "POST /child effect-child",
    "POST /effect-1 effect-1",
    `POST /effect-2 {"random":the random number,"received":"${goMessage.value}"}`,
    "POST /effect-3 effect-3",
  ],
};

/** Waits for the end of a run and its children, and returns the result. */
export async function readRun(flawless: Flawless, id: string, site: Site): Promise<AllCallsRun> {
  await flawless.workflow(id).completion();
  const { status, error, response } = await flawless.workflow(id).info();
  const journal = await flawless.workflow(id).journal();
  return {
    status,
    error: error?.message ?? null,
    response: response === null ? null : JSON.parse(response),
    steps: stepsOf(journal),
    children: await readChildren(flawless, id),
    requests: site.requests
      .map((request) => describeRequest(request, randomOf(journal)))
      .toSorted(),
  };
}

/** The requests (by path) that a kill has interrupted, so that the guest couldn't learn their results. */
export interface Interruptions {
  /** Certainly interrupted. Default: none. */
  readonly certain?: readonly string[];
  /** Possibly interrupted. Default: none. */
  readonly possible?: readonly string[];
}

/**
 * Compares a run with the undisturbed run, except for these interruptions.
 *
 * @returns the differences, in words
 */
export function faultsOf(
  run: AllCallsRun,
  { certain = [], possible = [] }: Interruptions,
): string[] {
  const interrupted = interruptedPaths(run);
  const faults = [
    ...certain.filter((path) => !interrupted.includes(path)).map((p) => `${p} was not interrupted`),
    ...interrupted
      .filter((path) => !certain.includes(path) && !possible.includes(path))
      .map((path) => `${path} was interrupted`),
    ...faultsOfRequests(run.requests, interrupted),
  ];
  const expected = interruptedRun(interrupted);
  for (const part of ["status", "error", "response", "steps", "children"] as const) {
    if (!isDeepStrictEqual(run[part], expected[part])) {
      const texts = [run[part], expected[part]].map((value) => JSON.stringify(value));
      faults.push(`${part}: ${texts[0]} instead of ${texts[1]}`);
    }
  }
  return faults;
}

function interruptedPaths(run: AllCallsRun): readonly string[] {
  return [run, ...run.children]
    .flatMap(({ steps }) => steps)
    .map((step) => /(\/[\w-]+): RequestInterrupted$/.exec(step)?.[1])
    .filter((path) => path !== undefined);
}

/** The undisturbed run, except that the requests to some paths were interrupted. */
function interruptedRun(paths: readonly string[]): Omit<AllCallsRun, "requests"> {
  const { response, steps, children, ...same } = undisturbedRun;
  const isInterrupted = (step: string): boolean =>
    paths.some((path) => step.includes(` ${path}: `));
  const interrupt = (step: string): string =>
    isInterrupted(step) ? step.replace(/: 200$/, ": RequestInterrupted") : step;
  const summary = { ...(response as Record<string, unknown>) };
  if (paths.includes("/effect-1")) {
    summary["first_status"] = "RequestInterrupted";
  }
  if (paths.includes("/effect-2")) {
    summary["second_status"] = "RequestInterrupted";
  }
  // A child logs that its request failed.
  const childLog = paths.includes("/child") ? ["Log"] : [];
  return {
    ...same,
    response: summary,
    steps: steps.map(interrupt),
    children: children.map((child) => ({
      ...child,
      steps: [...child.steps.map(interrupt), ...childLog],
    })),
  };
}

/** Only interrupted requests may be missing, and only idempotent ones repeated. */
function faultsOfRequests(seen: readonly string[], interrupted: readonly string[]): string[] {
  const expected = undisturbedRun.requests;
  const faults = seen
    .filter((request) => !expected.includes(request))
    .map((request) => `seen, but not expected: ${request}`);
  for (const request of expected) {
    const [method, path = ""] = request.split(" ");
    const times = seen.filter((other) => other === request).length;
    const least = interrupted.includes(path) ? 0 : 1;
    const most = method === "GET" ? Number.POSITIVE_INFINITY : 1;
    if (times < least || times > most) {
      faults.push(`seen ${times} times: ${request}`);
    }
  }
  return faults;
}

async function readChildren(flawless: Flawless, parent: string): Promise<readonly ChildRun[]> {
  const children: ChildRun[] = [];
  for await (const child of flawless.workflows({ workflow: "child" })) {
    if (child.parent === parent) {
      const handle = flawless.workflow(child.id);
      const { status } = await handle.completion();
      children.push({ status, steps: stepsOf(await handle.journal()) });
    }
  }
  return children;
}

function stepsOf(journal: WorkflowJournal): readonly string[] {
  return journal.steps.map(({ call, answer }) => describeStep(call, answer));
}

function describeStep(call: JsonValue, answer: JsonValue): string {
  if (typeof call === "string") {
    return call;
  }
  const [kind = "", parameters] = Object.entries(call as object)[0] as [string, never];
  switch (kind) {
    case "HTTPRequest": {
      const { method, url } = parameters as { readonly method: string; readonly url: string };
      const path = /\/[^/]*$/.exec(url)?.[0];
      return `${method} ${path}: ${describeOutcome(answer)}`;
    }
    case "RecvMessage": {
      const { Message: message } = answer as { readonly Message?: readonly string[] };
      return `${kind}: ${message?.[0] ?? "no message"}`;
    }
    case "StartWorkflow":
      return `${kind}: ${parameters[0]}`;
    default:
      return kind;
  }
}

/** The outcome of an HTTP request: the status, the kind of error, or null if there is none yet. */
function describeOutcome(answer: JsonValue): string {
  const text = JSON.stringify(answer);
  return /"status_code":(\d+)|"kind":"(\w+)"/.exec(text)?.slice(1).find(Boolean) ?? text;
}

/** The guest's random number, with all its digits. */
function randomOf(journal: WorkflowJournal): string {
  const { answer } = journal.steps[allCallsSteps.indexOf("Random")] ?? {};
  const { Value: value } = answer as { readonly Value: { readonly I64: number | bigint } };
  return String(value.I64);
}

function describeRequest({ method, path, body }: SeenRequest, random: string): string {
  return `${method} ${path} ${body.replace(`"${random}"`, "the random number")}`;
}
