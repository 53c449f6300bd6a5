import {
  anyMessageType,
  type JsonSchema,
  type ModuleTypes,
  type WorkflowTypes,
} from "@flawless-ts/wasm-module/internal";
import {
  parseDeclaredType,
  type DeclaredMember,
  type DeclaredType,
} from "./parse-declared-type.ts";

/** A type that contains others; it gets a name when one of them refers to it. */
interface Outer {
  name: string | undefined;
}

const arrayKey = "[]";
const tupleKey = "[,]";
const keywords: Readonly<Record<string, JsonSchema>> = {
  ":string": { type: "string" },
  ":number": { type: "number" },
  ":boolean": { type: "boolean" },
  ":true": { const: true },
  ":false": { const: false },
  ":null": { type: "null" },
  ":bigint": { type: "integer" },
};

/**
 * Reads the compiler's declaration of `plainContract()`.
 *
 * @param start where its type begins.
 * @throws {SyntaxError} if it doesn't have that form.
 */
export function declaredModuleTypes(source: string, start: number): ModuleTypes {
  const definitions: Record<string, JsonSchema> = {};
  const named = membersOf(inOrder(parseDeclaredType(source, start))).filter(
    ({ key }) => key !== undefined,
  );
  const workflows = named.map(({ key = "", type }) => {
    const members = membersOf(type);
    const parts = new Map(members.map((member) => [member.key, member.type]));
    const mayBeLeftOut = members.some((member) => member.key === "input" && member.optional);
    const schemaOf = (part: DeclaredType, name: string): JsonSchema =>
      new SchemaWriter(name, definitions).schemaOf(part);
    const input = parts.get("input");
    const response = parts.get("response");
    const messages = parts.get("messages");
    const types: WorkflowTypes = {
      ...(input === undefined ? {} : { input: schemaOf(input, `${key} input`) }),
      ...(mayBeLeftOut ? { inputOptional: true } : {}),
      ...(response === undefined ? {} : { response: schemaOf(response, `${key} response`) }),
      ...(messages === undefined
        ? {}
        : {
            messages: Object.fromEntries(
              membersOf(messages).map((message) => [
                message.key ?? anyMessageType,
                schemaOf(message.type, `${key} ${message.key ?? "message"}`),
              ]),
            ),
          }),
    };
    return [key, types] as const;
  });
  return {
    workflows: Object.fromEntries(workflows),
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions }),
  };
}

/** The order of properties and of a union's members is up to the compiler, and differs between releases. */
function inOrder(type: DeclaredType): DeclaredType {
  switch (type.kind) {
    case "union":
      return { ...type, types: type.types.map(inOrder).toSorted(byText) };
    case "object": {
      const members = type.members.map((member) => ({ ...member, type: inOrder(member.type) }));
      return { ...type, members: members.toSorted(byText) };
    }
    case "list":
      return { ...type, items: type.items.map((item) => ({ ...item, type: inOrder(item.type) })) };
    default:
      return type;
  }
}

function byText(a: object, b: object): number {
  const [textOfA, textOfB] = [JSON.stringify(a), JSON.stringify(b)];
  return textOfA < textOfB ? -1 : textOfA > textOfB ? 1 : 0;
}

function membersOf(type: DeclaredType): readonly DeclaredMember[] {
  if (type.kind !== "object")
    throw new SyntaxError(`expected an object type, but got ${type.kind}`);
  return type.members;
}

class SchemaWriter {
  readonly #name: string;
  readonly #definitions: Record<string, JsonSchema>;
  readonly #around: Outer[] = [];

  constructor(name: string, definitions: Record<string, JsonSchema>) {
    this.#name = name;
    this.#definitions = definitions;
  }

  schemaOf(type: DeclaredType): JsonSchema {
    switch (type.kind) {
      case "union":
        return unionOf(
          type.types.filter((each) => !isUndefined(each)).map((each) => this.schemaOf(each)),
        );
      case "text":
        return this.#textSchema(type.parts);
      case "keyword":
        return type.keyword === "never" || type.keyword === "undefined" ? { not: {} } : {};
      case "list":
        throw new SyntaxError("expected no array outside of its mark");
      case "object": {
        const outer: Outer = { name: undefined };
        this.#around.push(outer);
        const schema = this.#composite(type.members);
        this.#around.pop();
        if (outer.name === undefined) return schema;
        this.#definitions[outer.name] = schema;
        return { $ref: `#/$defs/${outer.name}` };
      }
    }
  }

  #textSchema(parts: readonly (string | undefined)[]): JsonSchema {
    const [first = ""] = parts;
    const rest = parts.length > 1 ? undefined : first.slice(1);
    if (first.startsWith("^")) return this.#reference(Number(rest));
    if (first.startsWith("#"))
      return rest === undefined ? { type: "number" } : { const: Number(rest) };
    if (first.startsWith("=")) return rest === undefined ? patternOf(parts) : { const: rest };
    const keyword = keywords[first];
    if (keyword === undefined) throw new SyntaxError(`expected a mark, but got ${first}`);
    return keyword;
  }

  #reference(place: number): JsonSchema {
    const outer = this.#around[place];
    if (outer === undefined) throw new SyntaxError(`there is no type number ${place} around`);
    outer.name ??= this.#freeName();
    return { $ref: `#/$defs/${outer.name}` };
  }

  #freeName(): string {
    const words = this.#name.split(/[^\p{ID_Continue}]+/u).filter((word) => word !== "");
    const name = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
    const taken = (candidate: string): boolean =>
      candidate in this.#definitions || this.#around.some((outer) => outer.name === candidate);
    const base = /^\p{ID_Start}/u.test(name) ? name : `Type${name}`;
    let count = 1;
    while (taken(count === 1 ? base : `${base}${count}`)) count += 1;
    return count === 1 ? base : `${base}${count}`;
  }

  #composite(members: readonly DeclaredMember[]): JsonSchema {
    const [only, second] = members;
    if (only?.key === arrayKey && second === undefined) {
      return { type: "array", items: this.schemaOf(only.type) };
    }
    if (only?.key === tupleKey && only.type.kind === "list") {
      const { items } = only.type;
      const fixed = items.filter(({ rest }) => !rest);
      const rest = items.find((item) => item.rest);
      return {
        type: "array",
        prefixItems: fixed.map(({ type }) => this.schemaOf(type)),
        minItems: fixed.filter(({ optional }) => !optional).length,
        items: rest === undefined ? false : this.schemaOf(rest.type),
      };
    }
    const properties = members.filter(({ key }) => key !== undefined);
    const others = members.filter(({ key }) => key === undefined);
    return {
      type: "object",
      ...(properties.length === 0
        ? {}
        : {
            properties: Object.fromEntries(
              properties.map(({ key = "", type }) => [key, this.schemaOf(type)]),
            ),
          }),
      ...(properties.every(({ optional }) => optional)
        ? {}
        : {
            required: properties.filter(({ optional }) => !optional).map(({ key = "" }) => key),
          }),
      ...(others.length === 0
        ? {}
        : { additionalProperties: unionOf(others.map(({ type }) => this.schemaOf(type))) }),
    };
  }
}

function isUndefined(type: DeclaredType): boolean {
  return type.kind === "keyword" && type.keyword === "undefined";
}

/** Literal strings and numbers become one list. */
function unionOf(schemas: readonly JsonSchema[]): JsonSchema {
  const constants = schemas.flatMap(({ const: value }) =>
    typeof value === "string" || typeof value === "number" ? [value] : [],
  );
  const others = schemas.filter(
    ({ const: value }) => typeof value !== "string" && typeof value !== "number",
  );
  const all = [
    ...(constants.length > 1
      ? [{ enum: constants }]
      : constants.map((value) => ({ const: value }))),
    ...others,
  ];
  const [first, second] = all;
  if (first === undefined) return { not: {} };
  return second === undefined ? first : { anyOf: all };
}

function patternOf(parts: readonly (string | undefined)[]): JsonSchema {
  const [first = "", ...rest] = parts;
  const escaped = [first.slice(1), ...rest].map((part) =>
    part === undefined ? ".*" : part.replaceAll(/[$()*+.?[\\\]^{|}]/gu, "\\$&"),
  );
  return { type: "string", pattern: `^${escaped.join("")}$` };
}
