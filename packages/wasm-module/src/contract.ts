import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { CheckedContracts } from "./contract-checks.ts";
import { ContractError, type ContractIssue } from "./contract-error.ts";
import type { JsonOf } from "./json/json-of.ts";
import { isStandardSchema } from "./is-standard-schema.ts";

/**
 * A workflow's schemas. Each is any Standard Schema (zod, valibot, Effect's `Schema.toStandardSchemaV1(...)`, ...), or
 * {@link type} if types are enough.
 */
export interface WorkflowContract {
  /** The input of `start`. Without it the workflow takes no input, and is sent the JSON text `null`. */
  readonly input?: StandardSchemaV1;
  /** The workflow's response. Without it the response is `null`. */
  readonly response?: StandardSchemaV1;
  /** Messages the workflow receives, by type. Without them it takes none. */
  readonly messages?: Readonly<Record<string, StandardSchemaV1>>;
  /** Updates the workflow receives, by type: messages that it answers. Without them it takes none. */
  readonly updates?: Readonly<Record<string, UpdateContract>>;
  /** The state that the workflow publishes while it runs. Without it, the state is `unknown`. */
  readonly state?: StandardSchemaV1;
}

/** An update's input, and the workflow's answer. */
export interface UpdateContract {
  /** Without it the update takes nothing, and is sent the JSON text `null`. */
  readonly input?: StandardSchemaV1;
  /** Without it the answer is `null`. */
  readonly output?: StandardSchemaV1;
}

/** The workflows of a contract, by name. */
export type WorkflowContracts = Readonly<Record<string, WorkflowContract>>;

/** A module's contract: its name and version, and the schemas of its workflows. */
export interface Contract<Workflows extends WorkflowContracts = WorkflowContracts> {
  /** The module's name, as in the `.wasm`. */
  readonly name: string;
  /** The module's version, as in the `.wasm`. */
  readonly version: string;
  readonly workflows: Workflows;
}

/** The contract of a module that is used without one: any workflow, input, response and message. */
export type UntypedContract = Contract<
  Readonly<
    Record<
      string,
      {
        readonly input: StandardSchemaV1<unknown>;
        readonly response: StandardSchemaV1<unknown>;
        readonly messages: Readonly<Record<string, StandardSchemaV1<unknown>>>;
        readonly updates: Readonly<
          Record<
            string,
            {
              readonly input: StandardSchemaV1<unknown>;
              readonly output: StandardSchemaV1<unknown>;
            }
          >
        >;
      }
    >
  >
>;

/** The names of a contract's workflows. */
export type WorkflowNames<C extends Contract> = keyof C["workflows"] & string;

/** What a caller passes as the input of workflow `W`: the input side of its schema. Nothing, if it has none. */
export type InputOf<C extends Contract, W extends WorkflowNames<C>> = C["workflows"][W] extends {
  readonly input: infer S extends StandardSchemaV1;
}
  ? StandardSchemaV1.InferInput<S>
  : null | undefined;

/** What a caller gets as the response of workflow `W`: the output side of its schema. `null`, if it has none. */
export type ResponseOf<C extends Contract, W extends WorkflowNames<C>> = C["workflows"][W] extends {
  readonly response: infer S extends StandardSchemaV1;
}
  ? StandardSchemaV1.InferOutput<S>
  : null;

type MessagesOf<C extends Contract, W extends WorkflowNames<C>> = C["workflows"][W] extends {
  readonly messages: infer M extends Readonly<Record<string, StandardSchemaV1>>;
}
  ? M
  : Record<never, never>;

/** The types of the messages that workflow `W` receives. */
export type MessageTypes<C extends Contract, W extends WorkflowNames<C>> = keyof MessagesOf<C, W> &
  string;

/** What a caller passes as a message of type `M` to workflow `W`: the input side of its schema. */
export type MessageOf<
  C extends Contract,
  W extends WorkflowNames<C>,
  M extends MessageTypes<C, W>,
> = MessagesOf<C, W>[M] extends infer S extends StandardSchemaV1
  ? StandardSchemaV1.InferInput<S>
  : never;

type UpdatesOf<C extends Contract, W extends WorkflowNames<C>> = C["workflows"][W] extends {
  readonly updates: infer U extends Readonly<Record<string, UpdateContract>>;
}
  ? U
  : Record<never, never>;

/** The types of the updates that workflow `W` receives. */
export type UpdateTypes<C extends Contract, W extends WorkflowNames<C>> = keyof UpdatesOf<C, W> &
  string;

/** What a caller passes with an update of type `U` to workflow `W`: the input side of its schema. Nothing, if it has none. */
export type UpdateInputOf<
  C extends Contract,
  W extends WorkflowNames<C>,
  U extends UpdateTypes<C, W>,
> = UpdatesOf<C, W>[U] extends { readonly input: infer S extends StandardSchemaV1 }
  ? StandardSchemaV1.InferInput<S>
  : null | undefined;

/** What a caller gets as the answer to an update of type `U`: the output side of its schema. `null`, if it has none. */
export type UpdateOutputOf<
  C extends Contract,
  W extends WorkflowNames<C>,
  U extends UpdateTypes<C, W>,
> = UpdatesOf<C, W>[U] extends { readonly output: infer S extends StandardSchemaV1 }
  ? StandardSchemaV1.InferOutput<S>
  : null;

/** The state that workflow `W` publishes: the output side of its schema. */
export type StateOf<C extends Contract, W extends WorkflowNames<C>> = C["workflows"][W] extends {
  readonly state: infer S extends StandardSchemaV1;
}
  ? StandardSchemaV1.InferOutput<S>
  : unknown;

/**
 * Describes a module's workflows, so that clients are typed and values are checked in both directions.
 *
 * ```ts
 * const shop = defineContract({
 *   name: "shop",
 *   version: "1.0.0",
 *   workflows: {
 *     checkout: { input: z.object({ order: z.int() }), response: type<string>(), messages: { approve: type<boolean>() } },
 *   },
 * });
 * ```
 *
 * @throws {ContractError} with direction `definition` when a name is empty or something is not a Standard Schema.
 */
export function defineContract<const Workflows extends WorkflowContracts>(
  definition: Contract<Workflows & CheckedContracts<Workflows>>,
): Contract<Workflows> {
  const issues = [...definitionIssues(definition)];
  if (issues.length > 0) {
    const contract = `${String(definition.name)} ${String(definition.version)}`;
    throw new ContractError({ contract, workflow: null, direction: "definition", issues });
  }
  return definition;
}

/** The result of {@link type}: a `T` goes in, and what JSON preserves of it comes out. */
export interface TypeSchema<T> extends StandardSchemaV1<T, JsonOf<T>> {
  readonly "~standard": StandardSchemaV1.Props<T, JsonOf<T>> & { readonly vendor: "flawless-ts" };
}

/**
 * A schema with a type and no checks, for values that need no validation. It accepts every value unchanged.
 *
 * Its type is that of the sender: for `type<{ at: Date }>()` a caller passes a `Date`, and a workflow gets text; in a
 * response it is the other way round.
 */
export function type<T>(): TypeSchema<T> {
  return {
    "~standard": {
      version: 1,
      vendor: "flawless-ts",
      validate: (value) => ({ value: value as JsonOf<T> }),
    },
  };
}

function* definitionIssues(definition: Contract): Generator<ContractIssue> {
  for (const field of ["name", "version"] as const) {
    const text: unknown = definition[field];
    if (typeof text !== "string" || text === "") {
      yield { path: `$.${field}`, message: "expected the module's as text that is not empty" };
    }
  }
  for (const [workflow, contract] of Object.entries(definition.workflows)) {
    const { input, response, messages = {}, updates = {}, state } = contract;
    const path = `$.workflows.${workflow}`;
    const schemas: readonly (readonly [string, unknown])[] = [
      [`${path}.input`, input],
      [`${path}.response`, response],
      [`${path}.state`, state],
      ...Object.entries(messages).map(
        ([name, schema]) => [`${path}.messages.${name}`, schema] as const,
      ),
      ...Object.entries(updates).flatMap(([name, update]) => [
        [`${path}.updates.${name}.input`, update?.input] as const,
        [`${path}.updates.${name}.output`, update?.output] as const,
      ]),
    ];
    for (const name of Object.keys(updates)) {
      // A proxy for any messages has no keys, and accepts any name.
      if (!Object.keys(messages).includes(name)) continue;
      yield { path: `${path}.updates.${name}`, message: "there is a message of the same type" };
    }
    for (const [schemaPath, schema] of schemas) {
      if (schema !== undefined && !isStandardSchema(schema))
        yield { path: schemaPath, message: noStandardSchema };
    }
  }
}

const noStandardSchema =
  "expected a Standard Schema (zod, valibot, ...; for Effect wrap it: Schema.toStandardSchemaV1(schema)), or type<T>()";
