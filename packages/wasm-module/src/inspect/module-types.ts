import { readCustomSection } from "./module-sections.ts";

/** A JSON Schema (draft 2020-12), limited to these keywords. */
export interface JsonSchema {
  readonly type?: "string" | "number" | "integer" | "boolean" | "null" | "object" | "array";
  readonly const?: string | number | boolean;
  readonly enum?: readonly (string | number)[];
  readonly pattern?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly minItems?: number;
  /** `false`: no items except those of `prefixItems`. */
  readonly items?: JsonSchema | false;
  /** `#/$defs/NAME` */
  readonly $ref?: string;
  /** `{}`: nothing matches. */
  readonly not?: Readonly<Record<string, never>>;
}

/** A workflow's types. Missing parts are omitted. */
export interface WorkflowTypes {
  readonly input?: JsonSchema;
  /** Whether the input may be omitted. */
  readonly inputOptional?: true;
  readonly response?: JsonSchema;
  /** By type; the type `*` means any. */
  readonly messages?: Readonly<Record<string, JsonSchema>>;
}

/** The types of a module's workflows, as stored in the module. */
export interface ModuleTypes {
  readonly workflows: Readonly<Record<string, WorkflowTypes>>;
  /** Recursive types. */
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** Means messages of any type. */
export const anyMessageType = "*";

/** The custom section with a module's {@link ModuleTypes} as JSON. No host reads it. */
export const contractSectionName = "flawless-ts.contract";

/**
 * A module's declaration of its workflows' types; undefined if there is none, or it is unreadable. Only the presence of
 * workflows is checked, so callers must be prepared for anything else.
 *
 * @param module bytes that `inspectModule` accepts.
 */
export function moduleTypes(module: Uint8Array): ModuleTypes | undefined {
  const content = readCustomSection(module, contractSectionName);
  if (content === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(content));
    return isObject(value) && isObject(value["workflows"])
      ? (value as unknown as ModuleTypes)
      : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
