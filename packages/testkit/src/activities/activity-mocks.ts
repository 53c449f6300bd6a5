import type { StandardSchemaV1 } from "@standard-schema/spec";
import type {
  ActivityContext,
  ActivityDefinition,
  ActivityDefinitions,
  ActivityFunction,
  ActivityResult,
} from "@flawless-ts/wasm-module";
import type { hang } from "../environment/http-reply.ts";

type SchemaIn<Schema> = Extract<Schema, StandardSchemaV1>;

/** The input of a definition's `run`. */
type InputOf<Definition> =
  Definition extends ActivityDefinition<infer Schema, infer _Output, infer Run>
    ? [SchemaIn<Schema>] extends [never]
      ? Parameters<Run>[0]
      : StandardSchemaV1.InferOutput<SchemaIn<Schema>>
    : Definition extends (input: infer Input, ...rest: never) => unknown
      ? Input
      : never;

/** The result that it may return. */
type OutputOf<Definition> =
  Definition extends ActivityDefinition<infer _Input, infer Schema, infer Run>
    ? [SchemaIn<Schema>] extends [never]
      ? Awaited<ReturnType<Run>>
      : Awaited<ActivityResult<SchemaIn<Schema>>>
    : Definition extends (...parameters: never) => infer Result
      ? Awaited<Result>
      : never;

/** The argument of `env.mockActivities`: replacement functions, such as `vi.fn()`, for any of the activities. */
export type ActivityMocks<Definitions extends ActivityDefinitions = ActivityDefinitions> =
  string extends keyof Definitions
    ? Readonly<Record<string, ActivityFunction>>
    : {
        readonly [Name in keyof Definitions]?: (
          input: InputOf<Definitions[Name]>,
          activity: ActivityContext,
        ) => MockResult<OutputOf<Definitions[Name]>>;
      };

type MockResult<Output> = Output | typeof hang | Promise<Output | typeof hang>;

/** The definitions with mocks as their functions; schemas and defaults stay. */
export function withMocks(
  definitions: ActivityDefinitions,
  mocks: Readonly<Record<string, ActivityFunction>>,
): ActivityDefinitions {
  const mocked = Object.entries(mocks).map(([name, run]) => {
    const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
    return [name, typeof definition === "object" ? { ...definition, run } : run] as const;
  });
  return { ...definitions, ...Object.fromEntries(mocked) };
}
