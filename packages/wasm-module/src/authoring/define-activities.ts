import type { StandardSchemaV1 } from "@standard-schema/spec";
import { InvalidOptionError } from "../invalid-option-error.ts";
import { isStandardSchema } from "../is-standard-schema.ts";
import { optionNames, refuseUnknownOptions } from "../unknown-options.ts";
import { activityPolicy } from "./activity-policy.ts";
import type {
  ActivityContext,
  ActivityDefinition,
  ActivityDefinitions,
  ActivityResult,
  ActivityWithSchemas,
} from "./activity-types.ts";

const definitionNames = optionNames<ActivityDefinition>({
  input: true,
  output: true,
  run: true,
  retry: true,
  timeout: true,
  heartbeatTimeout: true,
  atMostOnce: true,
});

/** A name appears in paths, metrics and pages. */
const maxNameLength = 200;

/**
 * Defines activities: functions of an application that workflows call durably. A worker (`ActivityWorker`) runs them,
 * and a workflow needs only their types to call them:
 * `context.activities<typeof activities>({ queue: "orders" })`.
 *
 * ```ts
 * export const activities = defineActivities({
 *   charge: async (order: Order, activity) => pay(order, { key: activity.idempotencyKey, signal: activity.signal }),
 *   ship: defineActivity({ input: parcel, output: receipt, retry: { attempts: 3 }, run: async (input) => post(input) }),
 * });
 * ```
 *
 * @throws {InvalidOptionError} naming what is not an activity, or the first invalid option.
 */
export function defineActivities<const Definitions extends ActivityDefinitions>(
  activities: Definitions,
): Definitions {
  for (const [name, definition] of Object.entries<unknown>(activities ?? {})) {
    checkName(name);
    checkActivity(`activities.${name}`, definition);
  }
  return activities;
}

/**
 * Defines an activity with its own schemas (any Standard Schema) or defaults.
 *
 * @throws {InvalidOptionError} naming the first invalid option.
 */
export function defineActivity<
  Result extends ActivityResult<Output>,
  Input extends StandardSchemaV1 | undefined = undefined,
  Output extends StandardSchemaV1 | undefined = undefined,
>(
  activity: ActivityWithSchemas<Input, Output, Result>,
): ActivityDefinition<
  NoInfer<Input>,
  NoInfer<Output>,
  (input: never, activity: ActivityContext) => NoInfer<Result>
> {
  checkActivity("activity", activity);
  return activity as ActivityDefinition<
    Input,
    Output,
    (input: never, activity: ActivityContext) => Result
  >;
}

function checkActivity(path: string, definition: unknown): void {
  if (typeof definition === "function") return;
  refuseUnknownOptions(definition, definitionNames, path);
  const { input, output, run, ...policy } = definition as ActivityDefinition;
  if (typeof run !== "function") {
    throw new InvalidOptionError(`${path}.run`, `expected a function, but got ${typeof run}.`);
  }
  for (const [part, schema] of Object.entries({ input, output })) {
    if (schema !== undefined && !isStandardSchema(schema)) {
      throw new InvalidOptionError(
        `${path}.${part}`,
        "expected a Standard Schema (zod, valibot, ...), or type<T>().",
      );
    }
  }
  activityPolicy(policy, path);
}

function checkName(name: string): void {
  if (name !== "" && name.length <= maxNameLength) return;
  throw new InvalidOptionError(
    "activities",
    `expected names of 1 to ${maxNameLength} characters, but got one of ${name.length}.`,
  );
}
