import type { JsonSchema } from "@flawless-ts/wasm-module/internal";

/** A form field, or a group of fields, for a value of a type. */
export interface FormField {
  /** The input's name: a prefix followed by a JSON pointer. */
  readonly name: string;
  readonly label: string;
  /** Whether the value is required. */
  readonly required: boolean;
  /** Whether an empty field means null. */
  readonly nullable: boolean;
  readonly of: FieldKind;
}

/** What a field holds. */
export type FieldKind =
  | { readonly kind: "text" | "number" | "integer" | "boolean" | "json" }
  /** One of these, each as JSON text. */
  | { readonly kind: "choice"; readonly choices: readonly string[] }
  /** JSON text of the only possible value. */
  | { readonly kind: "constant"; readonly json: string }
  /** One per line. */
  | { readonly kind: "lines"; readonly items: "text" | "number" | "integer" }
  | { readonly kind: "group"; readonly fields: readonly FormField[] };

const maxDepth = 4;
const maxFields = 60;
const maxChoices = 100;
const maxLabelLength = 100;

/**
 * Plans a form for a JSON Schema from a module. The schema may contain anything: a part that is not understood, or that
 * would make the form too large, becomes a field for JSON text.
 *
 * @param name the prefix of the form's input names
 */
export function planForm(schema: unknown, name: string, label: string): FormField {
  const budget = { left: maxFields };
  const planned = planField(schema, { name, label, required: true, depth: 0, budget });
  return budget.left < 0
    ? { name, label, required: true, nullable: false, of: { kind: "json" } }
    : planned;
}

interface Place {
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
  readonly depth: number;
  readonly budget: { left: number };
}

function planField(schema: unknown, place: Place): FormField {
  const { name, label, required, budget } = place;
  budget.left -= 1;
  const { inner, nullable } = withoutNull(schema);
  // The fields of an optional group can't tell whether the group is present.
  const mayBeGroup = required && !nullable && place.depth < maxDepth && budget.left >= 0;
  const of = kindOf(inner, place, mayBeGroup);
  return { name, label: label.slice(0, maxLabelLength), required, nullable, of };
}

function kindOf(
  schema: Readonly<Record<string, unknown>>,
  place: Place,
  mayBeGroup: boolean,
): FieldKind {
  const { const: constant, enum: values, items, prefixItems, properties, type } = schema;
  if (isLiteral(constant)) {
    return { kind: "constant", json: JSON.stringify(constant) };
  }
  if (Array.isArray(values)) {
    return values.length <= maxChoices && values.every(isLiteral)
      ? { kind: "choice", choices: values.map((value) => JSON.stringify(value)) }
      : { kind: "json" };
  }
  switch (type) {
    case "string":
      return { kind: "text" };
    case "number":
    case "integer":
    case "boolean":
      return { kind: type };
    case "null":
      return { kind: "constant", json: "null" };
    case "array": {
      const item = isRecord(items) && prefixItems === undefined ? simpleType(items) : undefined;
      return item === undefined ? { kind: "json" } : { kind: "lines", items: item };
    }
    case "object":
      // A group has no fields for additional properties.
      return mayBeGroup && isRecord(properties) && schema["additionalProperties"] === undefined
        ? { kind: "group", fields: fieldsOf(properties, schema["required"], place) }
        : { kind: "json" };
    default:
      return { kind: "json" };
  }
}

function fieldsOf(
  properties: Readonly<Record<string, unknown>>,
  required: unknown,
  { name, depth, budget }: Place,
): readonly FormField[] {
  const needed = new Set<unknown>(Array.isArray(required) ? required : []);
  const fields: FormField[] = [];
  for (const [key, schema] of Object.entries(properties)) {
    if (budget.left < 0) {
      break;
    }
    const pointer = `${name}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const place = {
      name: pointer,
      label: key,
      required: needed.has(key),
      depth: depth + 1,
      budget,
    };
    fields.push(planField(schema, place));
  }
  return fields;
}

function simpleType(
  items: Readonly<Record<string, unknown>>,
): "text" | "number" | "integer" | undefined {
  const { enum: values, pattern, type } = items as JsonSchema;
  if (values !== undefined || pattern !== undefined || "const" in items) {
    return undefined;
  }
  return type === "string" ? "text" : type === "number" || type === "integer" ? type : undefined;
}

/** Splits a nullable type into the type and the fact that it is nullable. */
function withoutNull(schema: unknown): {
  readonly inner: Readonly<Record<string, unknown>>;
  readonly nullable: boolean;
} {
  if (!isRecord(schema)) {
    return { inner: {}, nullable: false };
  }
  const { anyOf } = schema;
  if (Array.isArray(anyOf)) {
    const others = anyOf.filter((part) => !isRecord(part) || part["type"] !== "null");
    const [only] = others;
    if (others.length === 1 && anyOf.length === 2 && isRecord(only)) {
      return { inner: only, nullable: true };
    }
  }
  return { inner: schema, nullable: false };
}

function isLiteral(value: unknown): value is string | number | boolean {
  return (
    typeof value === "string" ||
    typeof value === "boolean" ||
    (typeof value === "number" && Number.isFinite(value))
  );
}

/** Whether it is an object and not an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
