import { plain, table } from "./markdown.ts";

/** A JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>;

/** The members of objects nested deeper than this are omitted. */
const maxDepth = 3;

/** A schema on one line, in TypeScript's notation, with links to the shapes that it refers to. */
export function typeOf(schema: Schema, depth = 0): string {
  const { $ref, type, items } = schema;
  if (typeof $ref === "string") return linkTo($ref);
  const values = listOf(schema, "enum") ?? ("const" in schema ? [schema["const"]] : undefined);
  if (values !== undefined)
    return values.map((value) => `\`${JSON.stringify(value)}\``).join(" \\| ");
  const choices = listOf(schema, "oneOf") ?? listOf(schema, "anyOf");
  if (choices !== undefined) return alternatives(choices as readonly Schema[], depth);
  if (Array.isArray(type)) return type.join(" \\| ");
  if (type === "array") return `array of ${typeOf((items ?? {}) as Schema, depth)}`;
  if (type === "object") return objectType(schema, depth);
  return typeof type === "string" ? type : "any JSON value";
}

/** An object's members as a table; for anything else, its type on one line. */
export function renderSchema(schema: Schema): string {
  const members = membersOf(schema);
  if (members.length === 0) return typeOf(schema);
  const rows = members.map(([name, member]) => [
    `\`${name}\``,
    typeOf(member),
    isRequired(schema, name) ? "yes" : "",
    plain(String(member["description"] ?? "")),
  ]);
  return table(["Member", "Type", "Required", ""], rows);
}

function objectType(schema: Schema, depth: number): string {
  const members = membersOf(schema);
  if (members.length === 0) {
    const { additionalProperties: values } = schema;
    return values !== null && typeof values === "object"
      ? `object of ${typeOf(values as Schema, depth)}`
      : "object";
  }
  if (depth >= maxDepth) return "object";
  const texts = members.map(
    ([name, member]) =>
      `${name}${isRequired(schema, name) ? "" : "?"}: ${typeOf(member, depth + 1)}`,
  );
  // A space after each curly bracket, so that Vue doesn't take them for a template.
  return `{ ${texts.join("; ")} }`;
}

function alternatives(choices: readonly Schema[], depth: number): string {
  return [...new Set(choices.map((each) => typeOf(each, depth)))].join(" \\| ");
}

function linkTo(reference: string): string {
  const name = reference.split("/").at(-1) as string;
  return `[${name}](#${name.toLowerCase()})`;
}

function membersOf(schema: Schema): readonly (readonly [string, Schema])[] {
  return Object.entries((schema["properties"] ?? {}) as Readonly<Record<string, Schema>>);
}

function isRequired(schema: Schema, name: string): boolean {
  return listOf(schema, "required")?.includes(name) === true;
}

function listOf(schema: Schema, name: string): readonly unknown[] | undefined {
  const list = schema[name];
  return Array.isArray(list) ? list : undefined;
}
