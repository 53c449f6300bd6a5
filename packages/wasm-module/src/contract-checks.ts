import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Receivable, Sendable } from "./json/json-checks.ts";

/** The result of `type<T>()`: it accepts everything, so it only has a type. */
interface UncheckingSchema {
  readonly "~standard": { readonly vendor: "flawless-ts" };
}

/** A schema for values that one side writes as JSON and the other reads and checks. */
export type CarriedSchema<S> = S extends UncheckingSchema
  ? S extends StandardSchemaV1
    ? StandardSchemaV1<Sendable<StandardSchemaV1.InferInput<S>>, unknown>
    : never
  : S extends StandardSchemaV1
    ? StandardSchemaV1<Receivable<StandardSchemaV1.InferInput<S>>, unknown>
    : unknown;

/** A schema for values that are checked first, and then written as JSON. */
type SentSchema<S> = S extends UncheckingSchema
  ? CarriedSchema<S>
  : S extends StandardSchemaV1
    ? StandardSchemaV1<unknown, Sendable<StandardSchemaV1.InferOutput<S>>>
    : unknown;

/** Schemas of messages that are {@link CarriedSchema}s. */
export type CarriedMessages<Messages> = {
  readonly [Type in keyof Messages]: CarriedSchema<Messages[Type]>;
};

/** Schemas of updates in a workflow: both sides are JSON. */
export type CarriedUpdates<Updates> = {
  readonly [Type in keyof Updates]: {
    readonly [Part in keyof Updates[Type]]: CarriedSchema<Updates[Type][Part]>;
  };
};

/** Schemas of updates in a contract: what is sent is checked first. */
type SentUpdates<Updates> = {
  readonly [Type in keyof Updates]: {
    readonly [Part in keyof Updates[Type]]: Part extends "input"
      ? SentSchema<Updates[Type][Part]>
      : CarriedSchema<Updates[Type][Part]>;
  };
};

/** Workflows whose inputs and messages can be written as JSON, and whose responses can be read from it. */
export type CheckedContracts<Workflows> = {
  readonly [Name in keyof Workflows]: {
    readonly [Part in keyof Workflows[Name]]: Part extends "input"
      ? SentSchema<Workflows[Name][Part]>
      : Part extends "response" | "state"
        ? CarriedSchema<Workflows[Name][Part]>
        : Part extends "updates"
          ? SentUpdates<Workflows[Name][Part]>
          : Part extends "messages"
            ? {
                readonly [Type in keyof Workflows[Name][Part]]: SentSchema<
                  Workflows[Name][Part][Type]
                >;
              }
            : unknown;
  };
};
