import type { ModuleInfo } from "../inspect/inspect-module.ts";

const plainName = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

/**
 * The TypeScript source of a contract for a module that was built elsewhere. A `.wasm` tells only the names of its
 * workflows: what they take and respond is `unknown` until the user fills it in.
 */
export function contractSource({
  name,
  version,
  workflows,
}: Pick<ModuleInfo, "name" | "version" | "workflows">): string {
  const lines = workflows.map((workflow) => {
    const key = plainName.test(workflow) ? workflow : JSON.stringify(workflow);
    return `    ${key}: { input: type<unknown>(), response: type<unknown>() },`;
  });
  return [
    'import { defineContract, type } from "@flawless-ts/wasm-module";',
    "",
    "// A module does not tell what its workflows take and respond: put the types, or schemas, in place of unknown.",
    `export const ${variableName(name)} = defineContract({`,
    `  name: ${JSON.stringify(name)},`,
    `  version: ${JSON.stringify(version)},`,
    "  workflows: {",
    ...lines,
    "  },",
    "});",
    "",
  ].join("\n");
}

/** `raw-calls` becomes `rawCalls`. */
function variableName(name: string): string {
  const [first = "", ...rest] = name.split(/[^\p{ID_Continue}$]+/u).filter((word) => word !== "");
  const camel = first + rest.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
  return plainName.test(camel) && !reserved.has(camel)
    ? camel
    : `module${camel.slice(0, 1).toUpperCase()}${camel.slice(1)}`;
}

/** Words that can't name a variable, and the two that the source imports. */
const reserved = new Set(
  (
    "await break case catch class const continue debugger default delete do else enum export extends false finally for " +
    "function if implements import in instanceof interface let new null package private protected public return " +
    "static super switch this throw true try typeof var void while with yield defineContract type"
  ).split(" "),
);
