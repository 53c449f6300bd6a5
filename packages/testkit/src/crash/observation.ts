import { isDeepStrictEqual } from "node:util";
import { writeJson, type WorkflowHistory, type WorkflowInfo } from "@flawless-ts/sdk";
import type { TestEnvironment } from "../environment/test-environment.ts";

/** What is visible from outside of one run of a scenario. */
export interface Observation {
  /** The scenario's result or error. */
  readonly result: unknown;
  readonly workflows: readonly string[];
  /** Requests that must not be repeated, in no particular order. */
  readonly effects: readonly string[];
  /** Requests that may be repeated, each once. */
  readonly repeatable: readonly string[];
  /** Calls of activities, each once: attempts may be repeated. */
  readonly activities: readonly string[];
  readonly commits: number;
  readonly crashSite: string | undefined;
  /** Whether a workflow was notified that its request, or an activity that must not run twice, was interrupted. */
  readonly interrupted: boolean;
}

/** Runs the scenario and observes the results. */
export async function observe(
  env: TestEnvironment,
  scenario: (env: TestEnvironment) => Promise<unknown>,
): Promise<Observation> {
  let result: unknown;
  try {
    result = { returned: await scenario(env) };
  } catch (error) {
    result = { thrown: error instanceof Error ? error.message : String(error), error };
  }
  await env.settle();
  const workflows = await env.workflows();
  const request = ({ method, url, text }: (typeof env.requests)[number]): string =>
    `${method} ${url}${text === "" ? "" : ` ${text}`}`;
  return {
    result,
    workflows: workflows.map(describe),
    effects: env.requests
      .filter(({ idempotent }) => !idempotent)
      .map(request)
      .toSorted(),
    repeatable: [
      ...new Set(env.requests.filter(({ idempotent }) => idempotent).map(request)),
    ].toSorted(),
    activities: env.activities.map(({ name, input }) => `${name}(${writeJson(input)})`).toSorted(),
    commits: env.commits,
    crashSite: env.crashSite,
    interrupted: await wasInterrupted(env, workflows),
  };
}

/** @returns a description of the difference, or undefined */
export function difference(expected: Observation, seen: Observation): string | undefined {
  const parts = [
    ["the scenario's result", withoutError(expected.result), withoutError(seen.result)],
    ["the workflows", expected.workflows, seen.workflows],
    ["the requests that must not be repeated", expected.effects, seen.effects],
    ["the idempotent requests", expected.repeatable, seen.repeatable],
    ["the activities", expected.activities, seen.activities],
  ] as const;
  const [what, without, withCrash] =
    parts.find(([, before, after]) => !isDeepStrictEqual(before, after)) ?? [];
  return what === undefined
    ? undefined
    : `${what} differ:\n  without a crash: ${show(without)}\n  with the crash:  ${show(withCrash)}`;
}

function describe({ module, workflow, status, response, error }: WorkflowInfo): string {
  const end = error === null ? "" : `: ${error.message}`;
  return `${module}/${workflow} is ${status}${end}, response ${response ?? "none"}`;
}

async function wasInterrupted(
  env: TestEnvironment,
  workflows: readonly WorkflowInfo[],
): Promise<boolean> {
  for (const { id } of workflows) {
    const { steps } = await env.flawless.workflow(id).history();
    if (steps.some(tellsOfInterruption)) {
      return true;
    }
  }
  return false;
}

function tellsOfInterruption({ call, answer }: WorkflowHistory["steps"][number]): boolean {
  if (answer === null) {
    return false;
  }
  // The server's own extensions respond like an HTTP service.
  const [, base64 = ""] = call.includes("flawless:v1/")
    ? (/"body":"([^"]*)"/.exec(answer) ?? [])
    : [];
  const body = Buffer.from(base64, "base64").toString();
  return (
    `${answer}${body}`.includes('"kind":"RequestInterrupted"') ||
    /^(?:\{"operation":\d+,"result":)?\{"error":\{"code":"INTERRUPTED"/.test(body)
  );
}

function withoutError(result: unknown): unknown {
  const { error: _error, ...rest } = result as { readonly error?: unknown };
  return rest;
}

function show(value: unknown): string {
  const withBigints = (_key: string, part: unknown): unknown =>
    typeof part === "bigint" ? `${part}n` : part;
  const text = JSON.stringify(value, withBigints) ?? "undefined";
  return text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text;
}
