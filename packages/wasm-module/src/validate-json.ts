import type { StandardSchemaV1 } from "@standard-schema/spec";

type Result = StandardSchemaV1.Result<unknown>;
type MaybeLater<T> = T | Promise<T>;

/**
 * Checks a value from JSON, which has `null` for `undefined`, too, although schemas distinguish them. If a schema
 * refuses
 * `null`, `undefined` is tried, so that an optional input or response, or one with a default, can be omitted.
 *
 * @param schema its `validate` may throw, or be asynchronous.
 */
export function validateJson(schema: StandardSchemaV1, value: unknown): MaybeLater<Result> {
  const standard = schema["~standard"];
  const result = standard.validate(value);
  if (value !== null) return result;
  return after(result, (refused) =>
    refused.issues === undefined
      ? refused
      : after(standard.validate(undefined), (other) =>
          other.issues === undefined ? other : refused,
        ),
  );
}

function after(
  result: MaybeLater<Result>,
  decide: (result: Result) => MaybeLater<Result>,
): MaybeLater<Result> {
  return result instanceof Promise ? result.then(decide) : decide(result);
}
