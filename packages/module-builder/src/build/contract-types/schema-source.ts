import type { JsonSchema } from "@flawless-ts/wasm-module/internal";

const plainName = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;
const reference = /^#\/\$defs\/(?<name>[\p{ID_Start}_$][\p{ID_Continue}$]*)$/u;
const deepest = 100;

/**
 * The TypeScript type of a schema. A module may come from anybody, so each part is checked, and anything unknown is
 * `unknown`.
 *
 * @param definitions names that a `$ref` may have.
 */
export function schemaSource(
  schema: unknown,
  definitions: ReadonlySet<string>,
  indent: string = "",
  depth: number = 0,
): string {
  if (!isRecord(schema) || depth > deepest) return "unknown";
  const inner = (part: unknown, deeper: string = indent): string =>
    schemaSource(part, definitions, deeper, depth + 1);
  const { $ref, enum: values, anyOf, not, type } = schema as JsonSchema;
  if ("const" in schema) return literal(schema["const"]);
  if ($ref !== undefined) {
    const name = typeof $ref === "string" ? reference.exec($ref)?.groups?.["name"] : undefined;
    return name !== undefined && definitions.has(name) ? name : "unknown";
  }
  if (Array.isArray(values)) return values.length === 0 ? "never" : values.map(literal).join(" | ");
  if (Array.isArray(anyOf)) return unionSource(anyOf.map((each) => inner(each)));
  if (isRecord(not)) return "never";
  switch (type) {
    case "string":
    case "number":
    case "boolean":
    case "null":
      return type;
    case "integer":
      return integer;
    case "array":
      return arraySource(schema as JsonSchema, inner);
    case "object":
      return objectSource(schema as JsonSchema, inner, indent);
    default:
      return "unknown";
  }
}

// Keeps 64 bits: up to 2^53 it is a number.
const integer = "number | bigint";

function unionSource(types: readonly string[]): string {
  const hasInteger = types.includes(integer);
  return types.filter((each) => !(hasInteger && each === "number")).join(" | ");
}

/** A property's name as written in an object type. */
export function keySource(name: string): string {
  // In brackets it is a name like any other.
  if (name === "__proto__") return '["__proto__"]';
  return plainName.test(name) ? name : JSON.stringify(name);
}

function arraySource(
  { prefixItems, minItems, items }: JsonSchema,
  inner: (part: unknown) => string,
): string {
  if (!Array.isArray(prefixItems)) return `ReadonlyArray<${inner(items)}>`;
  const parts = (prefixItems as readonly unknown[]).map((each, index) =>
    index < (typeof minItems === "number" ? minItems : 0) ? inner(each) : `(${inner(each)})?`,
  );
  return `readonly [${[...parts, ...(items === false ? [] : [`...ReadonlyArray<${inner(items)}>`])].join(", ")}]`;
}

function objectSource(
  { properties, required, additionalProperties }: JsonSchema,
  inner: (part: unknown, indent: string) => string,
  indent: string,
): string {
  const deeper = `${indent}  `;
  const needed = new Set<unknown>(Array.isArray(required) ? required : []);
  const lines = Object.entries(isRecord(properties) ? properties : {}).map(
    ([name, part]) =>
      `${deeper}readonly ${keySource(name)}${needed.has(name) ? "" : "?"}: ${inner(part, deeper)};\n`,
  );
  if (additionalProperties !== undefined) {
    const value = inner(additionalProperties, deeper);
    // Named properties would have to match an index signature, so it is omitted if there are any.
    if (lines.length === 0) lines.push(`${deeper}readonly [key: string]: ${value};\n`);
  }
  return lines.length === 0 ? "{}" : `{\n${lines.join("")}${indent}}`;
}

function literal(value: unknown): string {
  const isLiteral =
    typeof value === "string" ||
    typeof value === "boolean" ||
    (typeof value === "number" && Number.isFinite(value));
  return isLiteral ? JSON.stringify(value) : "unknown";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
