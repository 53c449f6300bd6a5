import type { StandardSchemaV1 } from "@standard-schema/spec";

/** Whether it is a Standard Schema. */
export function isStandardSchema(schema: unknown): schema is StandardSchemaV1 {
  // ArkType's schemas are functions.
  if ((typeof schema !== "object" && typeof schema !== "function") || schema === null) return false;
  const standard: unknown = "~standard" in schema ? schema["~standard"] : undefined;
  return (
    typeof standard === "object" &&
    standard !== null &&
    "validate" in standard &&
    typeof standard.validate === "function"
  );
}
