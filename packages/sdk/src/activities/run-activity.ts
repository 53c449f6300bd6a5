import {
  ContractError,
  NotJsonError,
  parseJson,
  writeJson,
  type ActivityContext,
  type ActivityDefinition,
  type ActivityDefinitions,
  type ActivityFunction,
} from "@flawless-ts/wasm-module";
import { contractIssues, validateJson } from "@flawless-ts/wasm-module/internal";
import type { ActivityFailureReport } from "../connection/activity-types.ts";
import { failureReport } from "./failure-report.ts";

/** The result of an attempt: a value (JSON text), or what it threw. */
export type AttemptResult = { readonly value: string } | { readonly error: ActivityFailureReport };

type Schema = NonNullable<ActivityDefinition["input"]>;
type AnyDefinition = ActivityFunction | ActivityDefinition;

/** The activity with this name; undefined if there is none. */
export function activityOf(
  activities: ActivityDefinitions,
  name: string,
): AnyDefinition | undefined {
  return Object.hasOwn(activities, name) ? activities[name] : undefined;
}

/**
 * Runs one attempt. Never rejects.
 *
 * @param input JSON text
 */
export async function runActivity(
  definition: AnyDefinition,
  input: string,
  context: ActivityContext,
): Promise<AttemptResult> {
  try {
    const given = await checkedInput(definition, input, context.name);
    const run = typeof definition === "function" ? definition : definition.run;
    const result: unknown = await run(given as never, context);
    return { value: await checkedOutput(definition, result, context.name) };
  } catch (error) {
    const report = failureReport(error);
    // A value that violates its schema, or is not JSON, would do so in another attempt, too.
    const isFinal = isBroken(error);
    return { error: isFinal ? { ...report, nonRetryable: true } : report };
  }
}

const broken = new WeakSet<object>();

function isBroken(error: unknown): boolean {
  return typeof error === "object" && error !== null && broken.has(error);
}

async function checkedInput(
  definition: AnyDefinition,
  input: string,
  name: string,
): Promise<unknown> {
  const value: unknown = parseJson(input);
  // In JSON, an omitted input is null.
  if (typeof definition === "function" || definition.input === undefined) return value ?? undefined;
  return await checked(definition.input, value, name, "input");
}

async function checkedOutput(
  definition: AnyDefinition,
  result: unknown,
  name: string,
): Promise<string> {
  const schema = typeof definition === "function" ? undefined : definition.output;
  const value = schema === undefined ? result : await checked(schema, result, name, "response");
  try {
    return writeJson(value ?? null);
  } catch (error) {
    if (NotJsonError.is(error)) broken.add(error);
    throw error;
  }
}

async function checked(
  schema: Schema,
  value: unknown,
  name: string,
  direction: "input" | "response",
): Promise<unknown> {
  const result = await (direction === "input"
    ? validateJson(schema, value)
    : schema["~standard"].validate(value));
  if (result.issues === undefined) return result.value;
  const error = new ContractError({
    contract: `of the activity "${name}"`,
    workflow: null,
    direction,
    issues: contractIssues(result.issues),
  });
  broken.add(error);
  throw error;
}
