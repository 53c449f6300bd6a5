/**
 * V8's format of a WebAssembly frame: always with the function's number, and if the module has names, with its own and
 * the function's.
 */
const frame =
  /^\s*at (?:(?<name>.+) \()?wasm:\/\/wasm\/(?:(?<module>\S*)-)?[0-9a-f]{8}:wasm-function\[(?<index>\d+)\]:0x/u;

/**
 * The program's functions on the stack when it trapped, innermost first.
 *
 * @param cause the engine's error
 */
export function trapFunctions(cause: unknown): readonly string[] {
  const stack = cause instanceof Error ? (cause.stack ?? "") : "";
  return stack.split("\n").flatMap((line) => {
    const groups = frame.exec(line)?.groups;
    if (groups === undefined) return [];
    const { name, module, index } = groups;
    if (name === undefined) return [`function ${index}`];
    return [name.startsWith(`${module}.`) ? name.slice(`${module}.`.length) : name];
  });
}
