import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { UpdateContract } from "../contract.ts";

/** Schemas of the messages that a workflow receives, by type. */
export type MessageSchemas = Readonly<Record<string, StandardSchemaV1>>;

/** Schemas of the updates that a workflow receives, by type. */
export type UpdateSchemas = Readonly<Record<string, UpdateContract>>;

/** A workflow with schemas, as created by `defineWorkflow`. */
export interface WorkflowDefinition<
  Input extends StandardSchemaV1 | undefined = StandardSchemaV1 | undefined,
  Response extends StandardSchemaV1 | undefined = StandardSchemaV1 | undefined,
  Messages extends MessageSchemas = MessageSchemas,
  // Not updates of any name: a workflow that doesn't declare updates has none.
  Updates extends UpdateSchemas = Record<never, never>,
  State extends StandardSchemaV1 | undefined = StandardSchemaV1 | undefined,
> {
  readonly input?: Input;
  readonly response?: Response;
  readonly messages?: Messages;
  readonly updates?: Updates;
  readonly state?: State;
  readonly run: (input: never, context: never) => unknown;
}
