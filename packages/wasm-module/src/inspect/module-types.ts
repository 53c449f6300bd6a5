import { readCustomSection } from "./module-sections.ts";

/** A JSON Schema (draft 2020-12), of which only these words are used. */
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
  /** `false`: no items besides those of `prefixItems`. */
  readonly items?: JsonSchema | false;
  /** `#/$defs/NAME` */
  readonly $ref?: string;
  /** `{}`: nothing at all fits. */
  readonly not?: Readonly<Record<string, never>>;
}

/** What a workflow takes and gives. What it lacks is left out. */
export interface WorkflowTypes {
  readonly input?: JsonSchema;
  /** Whether the input may be left out. */
  readonly inputOptional?: true;
  readonly response?: JsonSchema;
  /** By type; the type `*` stands for any. */
  readonly messages?: Readonly<Record<string, JsonSchema>>;
}

/** What a module's workflows take and give, as it is kept in the module. */
export interface ModuleTypes {
  readonly workflows: Readonly<Record<string, WorkflowTypes>>;
  /** Types that contain themselves. */
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** Stands for messages of any type. */
export const anyMessageType = "*";

/** The custom section that holds a module's {@link ModuleTypes} as JSON. No host looks at it. */
export const contractSectionName = "flawless-ts.contract";

/**
 * What a module says of its workflows' types; undefined where it says nothing, or nothing that can be read. Only that there are
 * workflows is checked: whoever reads it has to be prepared for anything else.
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
