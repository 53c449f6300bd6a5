import { analyze } from "eslint-scope";
import { parseAst } from "rolldown/parseAst";
import { type ESTree, Visitor } from "rolldown/utils";

/** A name that a script uses but doesn't declare. */
export interface FreeName {
  readonly name: string;
  /** Where it is in the script. */
  readonly offset: number;
}

/** The names in a script that are global, or should be. */
export interface FreeNames {
  readonly used: readonly FreeName[];
  /** Those whose existence the script checks: by `typeof`, or as a property of `globalThis`. */
  readonly asked: readonly FreeName[];
  /** Globals that the script itself defines. */
  readonly defined: ReadonlySet<string>;
  /** The offsets of standard decorators and of `accessor`, which the engine doesn't support. */
  readonly decorators: readonly number[];
}

/** Names of the global object in various environments. */
const globalObjects = new Set(["globalThis", "self", "window", "global"]);

/** Finds the names that a bundled script doesn't declare. */
export function freeNames(code: string): FreeNames {
  const program = parseAst(code, { range: true });
  const asked: FreeName[] = [];
  const defined = new Set<string>();
  const decorators: number[] = [];
  const typeofs = new Set<number>();
  new Visitor({
    Decorator: ({ start }) => void decorators.push(start),
    AccessorProperty: ({ start }) => void decorators.push(start),
    UnaryExpression: ({ operator, argument }) => {
      if (operator === "typeof" && argument.type === "Identifier") {
        asked.push({ name: argument.name, offset: argument.start });
        typeofs.add(argument.start);
      }
    },
    MemberExpression: (node) => {
      const name = globalProperty(node);
      if (name !== undefined) asked.push({ name, offset: node.start });
    },
    AssignmentExpression: ({ left }) => {
      const name = left.type === "MemberExpression" ? globalProperty(left) : undefined;
      if (name !== undefined) defined.add(name);
    },
  }).visit(program);
  // Both libraries describe the same tree, but with different types.
  const scopes = analyze(program as unknown as Parameters<typeof analyze>[0], {
    ecmaVersion: 2025,
    sourceType: "module",
    fallback: "iteration",
  });
  const used = (scopes.globalScope?.through ?? [])
    .map(({ identifier }) => identifier as unknown as ESTree.IdentifierReference)
    .filter(({ start }) => !typeofs.has(start))
    .map(({ name, start }) => ({ name, offset: start }));
  return { used, asked, defined, decorators };
}

function globalProperty(node: ESTree.MemberExpression): string | undefined {
  const { object, property } = node;
  if (object.type !== "Identifier" || !globalObjects.has(object.name)) return undefined;
  if (!node.computed && property.type === "Identifier") return property.name;
  return property.type === "Literal" && typeof property.value === "string"
    ? property.value
    : undefined;
}
