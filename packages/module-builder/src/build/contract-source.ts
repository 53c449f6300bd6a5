import type { ModuleInfo } from "@flawless-ts/wasm-module";
import {
  anyMessageType,
  type ModuleTypes,
  type WorkflowTypes,
} from "@flawless-ts/wasm-module/internal";
import { keySource, schemaSource } from "./contract-types/schema-source.ts";

const plainName = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

/**
 * The TypeScript source of a contract for a module that was built elsewhere.
 *
 * @param types what the module says about its workflows, as `moduleTypes()` reads it. Without it, as for a module from
 * Rust, inputs and responses are `unknown` until the user changes that.
 */
export function contractSource(
  { name, version, workflows }: Pick<ModuleInfo, "name" | "version" | "workflows">,
  types?: ModuleTypes,
): string {
  const variable = variableName(name);
  const definitions = definitionsOf(types);
  const names = new Set(definitions.keys());
  const lines = workflows.flatMap((workflow) => {
    const known = Object.hasOwn(types?.workflows ?? {}, workflow)
      ? types?.workflows[workflow]
      : undefined;
    return known === undefined
      ? [`    ${keySource(workflow)}: { input: type<unknown>(), response: type<unknown>() },`]
      : workflowSource(workflow, known, names);
  });
  const any = lines.some((line) => line.includes(` ${anyMessagesName},`));
  const isComplete = types !== undefined;
  return [
    `import { ${any ? `${anyMessagesName}, ` : ""}defineContract, type } from "@flawless-ts/wasm-module";`,
    "",
    ...[...definitions].flatMap(([definition, schema]) => [
      `type ${definition} = ${schemaSource(schema, names)};`,
      "",
    ]),
    isComplete
      ? "// What the module's workflows take and give, as it was built."
      : "// A module does not tell what its workflows take and respond: put the types, or schemas, in place of unknown.",
    `export const ${variable} = defineContract({`,
    `  name: ${JSON.stringify(name)},`,
    `  version: ${JSON.stringify(version)},`,
    "  workflows: {",
    ...lines,
    "  },",
    "});",
    "",
  ].join("\n");
}

const anyMessagesName = "anyMessages";

/** Only names that a type may have, and that have no other meaning in the source. */
function definitionsOf(types: ModuleTypes | undefined): Map<string, unknown> {
  const usable = Object.entries(types?.$defs ?? {}).filter(
    ([name]) => plainName.test(name) && !reserved.has(name) && !typeNames.has(name),
  );
  return new Map(usable);
}

function workflowSource(
  workflow: string,
  { input, inputOptional, response, messages }: WorkflowTypes,
  names: ReadonlySet<string>,
): string[] {
  const inner = "      ";
  const typed = (schema: unknown, indent: string, more = ""): string =>
    `type<${schemaSource(schema, names, indent)}${more}>()`;
  const types = Object.entries(messages ?? {});
  const isAny = types.some(([type]) => type === anyMessageType);
  return [
    `    ${keySource(workflow)}: {`,
    ...(input === undefined
      ? []
      : [`${inner}input: ${typed(input, inner, inputOptional === true ? " | undefined" : "")},`]),
    ...(response === undefined ? [] : [`${inner}response: ${typed(response, inner)},`]),
    ...(isAny ? [`${inner}messages: ${anyMessagesName},`] : []),
    ...(isAny || types.length === 0
      ? []
      : [
          `${inner}messages: {`,
          ...types.map(
            ([type, schema]) => `${inner}  ${keySource(type)}: ${typed(schema, `${inner}  `)},`,
          ),
          `${inner}},`,
        ]),
    "    },",
  ];
}

/** `raw-calls` becomes `rawCalls`. */
function variableName(name: string): string {
  const [first = "", ...rest] = name.split(/[^\p{ID_Continue}$]+/u).filter((word) => word !== "");
  const camel = first + rest.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
  return plainName.test(camel) && !reserved.has(camel)
    ? camel
    : `module${camel.slice(0, 1).toUpperCase()}${camel.slice(1)}`;
}

/** Words that can't name a variable, and names that the source imports. */
const reserved = new Set(
  (
    "await break case catch class const continue debugger default delete do else enum export extends false finally for " +
    "function if implements import in instanceof interface let new null package private protected public return " +
    "static super switch this throw true try typeof var void while with yield defineContract type anyMessages"
  ).split(" "),
);
const typeNames = new Set(
  "any bigint boolean never number object string symbol undefined unknown ReadonlyArray".split(" "),
);
