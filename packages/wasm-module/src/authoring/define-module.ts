import type { StandardSchemaV1 } from "@standard-schema/spec";
import { defineContract, type, type Contract, type WorkflowContract } from "../contract.ts";
import { ContractError, formatIssuePath } from "../contract-error.ts";
import { anyMessages } from "./any-messages.ts";
import type { CarriedMessages, CarriedSchema, CarriedUpdates } from "../contract-checks.ts";
import type { NotJson, Receivable, Sendable } from "../json/json-checks.ts";
import type { JsonOf } from "../json/json-of.ts";
import type { WorkflowContext } from "./workflow-context.ts";
import type { MessageSchemas, UpdateSchemas, WorkflowDefinition } from "./workflow-definition.ts";

/** A workflow as a function: the types of its input and response are the contract, and nothing is checked. */
export type WorkflowFunction = (input: never, context: WorkflowContext) => unknown;

/** The workflows of a module, by name. */
export type WorkflowDefinitions = Readonly<Record<string, WorkflowFunction | WorkflowDefinition>>;

type AnyMessages = Readonly<Record<string, StandardSchemaV1<unknown>>>;

/** A parameter without a declared type is `never` here: such a workflow takes no input. */
type InputPart<Input> = unknown extends Input
  ? { readonly input: StandardSchemaV1<unknown> }
  : [Input] extends [undefined | null | void]
    ? unknown
    : { readonly input: StandardSchemaV1<Input> };

/** The type of an input as it arrives. An omitted input, which is `null` in JSON, is undefined. */
type ReceivableInput<Input> = null extends Input
  ? undefined extends Input
    ? Receivable<Input>
    : NotJson<"null arrives as undefined, as if there were no input: take undefined">
  : Receivable<Input>;

type SendableResult<Result> =
  Result extends PromiseLike<infer Value> ? PromiseLike<Sendable<Value>> : Sendable<Result>;

/** Workflows whose inputs arrive with their declared types, and whose responses can be written as JSON. */
type CheckedDefinitions<Definitions> = {
  readonly [Name in keyof Definitions]: Definitions[Name] extends (
    ...parameters: infer Parameters
  ) => infer Result
    ? (input: ReceivableInput<Parameters[0]>, context: WorkflowContext) => SendableResult<Result>
    : unknown;
};

/** The contract of one workflow. */
export type ContractOfWorkflow<Definition> = Definition extends (
  ...parameters: infer Parameters
) => infer Result
  ? InputPart<Parameters[0]> & {
      readonly response: StandardSchemaV1<JsonOf<Awaited<Result>>>;
      readonly messages: AnyMessages;
    }
  : Definition extends WorkflowDefinition<
        infer Input,
        infer Response,
        infer Messages,
        infer Updates,
        infer State
      >
    ? (Input extends StandardSchemaV1 ? { readonly input: Input } : unknown) &
        (State extends StandardSchemaV1 ? { readonly state: State } : unknown) & {
          readonly response: Response extends StandardSchemaV1 ? Response : StandardSchemaV1<null>;
          readonly messages: Messages;
          readonly updates: Updates;
        }
    : never;

/** A module written in TypeScript. It is its own contract: pass it to a client, and calls are typed. */
export type WorkflowModule<Definitions extends WorkflowDefinitions = WorkflowDefinitions> =
  Contract<{
    readonly [Name in keyof Definitions & string]: ContractOfWorkflow<
      Definitions[Name]
    > extends infer Workflow extends WorkflowContract
      ? Workflow
      : never;
  }>;

/** The key of a module's workflow functions, which only the workflow's engine needs. */
export const implementationKey: unique symbol = Symbol.for("@flawless-ts/module-implementation");

/** A workflow in the form that the engine runs. */
export interface WorkflowImplementation extends WorkflowContract {
  readonly run: (input: unknown, context: WorkflowContext) => unknown;
}

/**
 * Defines a module of durable workflows.
 *
 * ```ts
 * export default defineModule({
 *   name: "orders",
 *   version: "1.0.0",
 *   workflows: {
 *     checkout: async (input: Order, context) => {
 *       await context.sleep("3 days");
 *       return { shipped: input.id };
 *     },
 *   },
 * });
 * ```
 *
 * A workflow that is a function has the types of its input and response in the contract; it accepts messages of
 * any type. Use {@link defineWorkflow} for one with schemas.
 *
 * @throws {ContractError} with direction `definition` when a name is empty or something is not a workflow.
 */
export function defineModule<const Definitions extends WorkflowDefinitions>(definition: {
  /** The module's name. */
  readonly name: string;
  /** The module's version. Servers refuse different code under the same version. */
  readonly version: string;
  readonly workflows: Definitions & CheckedDefinitions<Definitions>;
}): WorkflowModule<Definitions> {
  const { name, version } = definition;
  const implementations = new Map<string, WorkflowImplementation>();
  const contracts: Record<string, WorkflowContract> = {};
  for (const [workflow, each] of Object.entries<WorkflowFunction | WorkflowDefinition>(
    definition.workflows ?? {},
  )) {
    // The types of `run` were checked at its definition; here the input may be anything.
    const run = (typeof each === "function" ? each : each?.run) as WorkflowImplementation["run"];
    if (typeof run !== "function") throw notAWorkflow(definition, workflow, each);
    const schemas = typeof each === "function" ? {} : schemasOf(each);
    const input = typeof each === "function" ? undefinedWithoutInput : undefined;
    implementations.set(workflow, { ...(input && { input }), ...schemas, run });
    // A function's parameters are only types, so everything is accepted.
    contracts[workflow] =
      typeof each === "function"
        ? { input: type<unknown>(), response: type<unknown>(), messages: anyMessages }
        : { response: type<null>(), messages: {}, updates: {}, ...schemas };
  }
  const contract = defineContract({ name, version, workflows: contracts });
  Object.defineProperty(contract, implementationKey, { value: implementations });
  return contract as unknown as WorkflowModule<Definitions>;
}

/**
 * Defines a workflow with schemas (any Standard Schema). Its input is checked when it starts, messages and updates when
 * they are received, and its response, its answers and its state before they are sent. Clients check what they send and
 * get, too. If types are enough, use `type<T>()` as the schema.
 *
 * ```ts
 * checkout: defineWorkflow({
 *   input: z.object({ id: z.string() }),
 *   messages: { approve: z.object({ by: z.string() }) },
 *   response: z.object({ approvedBy: z.string() }),
 *   run: async (input, context) => ({ approvedBy: (await context.receive("approve")).by }),
 * })
 * ```
 */
export function defineWorkflow<
  Input extends StandardSchemaV1 | undefined = undefined,
  Response extends StandardSchemaV1 | undefined = undefined,
  Messages extends MessageSchemas = Record<never, never>,
  Updates extends UpdateSchemas = Record<never, never>,
  State extends StandardSchemaV1 | undefined = undefined,
>(definition: {
  readonly input?: Input & CarriedSchema<Input>;
  readonly response?: Response & CarriedSchema<Response>;
  readonly messages?: Messages & CarriedMessages<Messages>;
  readonly updates?: Updates & CarriedUpdates<Updates>;
  readonly state?: State & CarriedSchema<State>;
  readonly run: (
    input: Input extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<Input> : null,
    context: WorkflowContext<Messages, Returned<Response>, Updates, Published<State>>,
  ) => Returned<Response> | Promise<Returned<Response>>;
}): WorkflowDefinition<Input, Response, Messages, Updates, State> {
  return definition;
}

type Returned<Response> = Response extends StandardSchemaV1
  ? StandardSchemaV1.InferInput<Response>
  : void | null | undefined;

type Published<State> = State extends StandardSchemaV1
  ? StandardSchemaV1.InferInput<State>
  : unknown;

/** In JSON an omitted input is `null`, but parameters get their defaults for `undefined`. */
const undefinedWithoutInput: StandardSchemaV1 = {
  "~standard": {
    version: 1,
    vendor: "flawless-ts",
    validate: (value) => ({ value: value ?? undefined }),
  },
};

function schemasOf(definition: WorkflowDefinition): WorkflowContract {
  const { input, response, messages, updates, state } = definition;
  return {
    ...(input === undefined ? {} : { input }),
    ...(response === undefined ? {} : { response }),
    ...(messages === undefined ? {} : { messages }),
    ...(updates === undefined ? {} : { updates }),
    ...(state === undefined ? {} : { state }),
  };
}

function notAWorkflow(
  { name, version }: { readonly name: string; readonly version: string },
  workflow: string,
  value: unknown,
): ContractError {
  return new ContractError({
    contract: `${String(name)} ${String(version)}`,
    workflow: null,
    direction: "definition",
    issues: [
      {
        path: formatIssuePath(["workflows", workflow]),
        message: `expected a function or what defineWorkflow() gives, but got ${value === null ? "null" : typeof value}`,
      },
    ],
  });
}
