import { maxMemoryBytes } from "./load-script.ts";

const limit = `${maxMemoryBytes / 2 ** 20} MiB`;
const memoryAdvice =
  `The top level of the module's files may take ${limit}: it runs while the module is built, and what it makes is ` +
  "kept in the module. Make it smaller, or compute it in a workflow.";

/** What a module's script threw while it was evaluated, described for its author. */
export function shownScriptProblem(message: string): string {
  if (message === "InternalError: out of memory") return `${message}. ${memoryAdvice}`;
  // The engine's message for thrown values other than errors.
  const [, kind, text] = /^thrown: (\w+)(?: (.*))?$/s.exec(message) ?? [];
  if (kind === undefined) return message;
  // The engine uses this also if there is not even room for an error.
  if (kind === "null") {
    return `The top level of the module's files threw null, or ran out of memory. ${memoryAdvice}`;
  }
  return `The top level of the module's files threw ${shownValue(kind, text)}, which is no Error: throw one that says what is wrong.`;
}

function shownValue(kind: string, text: string | undefined): string {
  if (text !== undefined || kind === "undefined") return text ?? kind;
  return `a value of the type ${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
}
