/** A type in the form that `plain-types.ts` makes the compiler print. */
export type DeclaredType =
  | { readonly kind: "union"; readonly types: readonly DeclaredType[] }
  /** A literal string; in a template, `undefined` stands for any text. */
  | { readonly kind: "text"; readonly parts: readonly (string | undefined)[] }
  | { readonly kind: "keyword"; readonly keyword: string }
  | { readonly kind: "object"; readonly members: readonly DeclaredMember[] }
  | { readonly kind: "list"; readonly items: readonly DeclaredItem[] };

/** A property; an index signature has no key. */
export interface DeclaredMember {
  readonly key: string | undefined;
  readonly optional: boolean;
  readonly type: DeclaredType;
}

/** An element of a tuple. */
export interface DeclaredItem {
  readonly optional: boolean;
  readonly rest: boolean;
  readonly type: DeclaredType;
}

const token =
  /\s*(?:(?<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<template>`(?:[^`\\]|\\.)*`)|(?<word>[\p{ID_Start}_$][\p{ID_Continue}$]*)|(?<number>-?\d[\w.]*)|(?<sign>\.\.\.|[{}[\]():;,|?]))/uy;

/**
 * Parses the type that begins at `start`. It supports only as much of TypeScript as the compiler prints for
 * `plain-types.ts`.
 *
 * @throws {SyntaxError} for anything else.
 */
export function parseDeclaredType(source: string, start: number): DeclaredType {
  return new TypeParser(source, start).type();
}

interface Token {
  readonly kind: "text" | "template" | "word" | "number" | "sign" | "end";
  readonly value: string;
}

class TypeParser {
  readonly #source: string;
  #next: Token;
  #offset: number;

  constructor(source: string, start: number) {
    this.#source = source;
    this.#offset = start;
    this.#next = this.#read();
  }

  type(): DeclaredType {
    this.#skip("|");
    const types = [this.#member()];
    while (this.#skip("|")) types.push(this.#member());
    const [first, second] = types;
    return first !== undefined && second === undefined ? first : { kind: "union", types };
  }

  #member(): DeclaredType {
    if (this.#next.value === "readonly") this.#take();
    let type = this.#primary();
    while (this.#skip("[")) {
      this.#expect("]");
      type = { kind: "list", items: [{ optional: false, rest: true, type }] };
    }
    return type;
  }

  #primary(): DeclaredType {
    const { kind, value } = this.#take();
    if (kind === "text") return { kind: "text", parts: [textOf(value)] };
    if (kind === "template") return { kind: "text", parts: partsOf(value) };
    if (kind === "word") return { kind: "keyword", keyword: value };
    if (value === "{") return { kind: "object", members: this.#members() };
    if (value === "[") return { kind: "list", items: this.#items() };
    if (value !== "(") throw this.#unexpected(value);
    const type = this.type();
    this.#expect(")");
    return type;
  }

  #members(): DeclaredMember[] {
    const members: DeclaredMember[] = [];
    while (!this.#skip("}")) {
      if (this.#next.value === "readonly") this.#take();
      const { kind, value } = this.#take();
      let key: string | undefined;
      if (value === "[") this.#indexSignature();
      else if (kind === "text") key = textOf(value);
      else if (kind === "word" || kind === "number") key = value;
      else throw this.#unexpected(value);
      const optional = this.#skip("?");
      this.#expect(":");
      members.push({ key, optional, type: this.type() });
      this.#skip(";");
    }
    return members;
  }

  #indexSignature(): void {
    this.#take();
    this.#expect(":");
    this.type();
    this.#expect("]");
  }

  #items(): DeclaredItem[] {
    const items: DeclaredItem[] = [];
    while (!this.#skip("]")) {
      const rest = this.#skip("...");
      let type = this.type();
      let optional = this.#skip("?");
      // What was parsed is the element's name.
      if (this.#skip(":")) type = this.type();
      else optional ||= this.#skip("?");
      items.push({ optional, rest, type: rest ? itemOf(type) : type });
      this.#skip(",");
    }
    return items;
  }

  #take(): Token {
    const taken = this.#next;
    this.#next = this.#read();
    return taken;
  }

  #skip(sign: string): boolean {
    const found = this.#next.kind === "sign" && this.#next.value === sign;
    if (found) this.#take();
    return found;
  }

  #expect(sign: string): void {
    if (!this.#skip(sign)) throw this.#unexpected(this.#next.value);
  }

  #read(): Token {
    token.lastIndex = this.#offset;
    const groups = token.exec(this.#source)?.groups;
    if (groups === undefined) return { kind: "end", value: "" };
    this.#offset = token.lastIndex;
    const [kind, value] = Object.entries(groups).find(([, text]) => text !== undefined) ?? [];
    return { kind: kind as Token["kind"], value: value ?? "" };
  }

  #unexpected(value: string): SyntaxError {
    return new SyntaxError(
      `expected a plain type before offset ${this.#offset}, but got ${JSON.stringify(value)}`,
    );
  }
}

/** `...T[]` means any number of T. */
function itemOf(type: DeclaredType): DeclaredType {
  const [only, second] = type.kind === "list" ? type.items : [];
  return only?.rest === true && second === undefined ? only.type : type;
}

/** The value of a TypeScript string literal. The compiler uses JSON's escapes, and `\'`. */
function textOf(literal: string): string {
  const inner = literal.slice(1, -1);
  const json = inner.replace(/\\.|"/gsu, (found) =>
    found === '"' ? '\\"' : escapes.has(found) ? (escapes.get(found) ?? "") : found,
  );
  return JSON.parse(`"${json}"`) as string;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["\\'", "'"],
  ["\\`", "`"],
  ["\\$", "$"],
  ["\\0", "\\u0000"],
  ["\\v", "\\u000b"],
]);

function partsOf(template: string): (string | undefined)[] {
  return template
    .slice(1, -1)
    .split(/(\$\{[^}]*\})/u)
    .filter((part) => part !== "")
    .map((part) =>
      part.startsWith("${") ? undefined : textOf(`"${part.replaceAll("\n", "\\n")}"`),
    );
}
