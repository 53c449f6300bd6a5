import { ModuleError } from "./module-error.ts";

// TypeScript's types for Node omit WebAssembly.
declare const WebAssembly: {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: new (bytes: Uint8Array) => object;
};

/**
 * Lets the engine validate a module, including function bodies.
 *
 * @throws {ModuleError} `FLAWLESS_MODULE_INVALID`, with the engine's reason as `cause`.
 */
export function validateModule(bytes: Uint8Array): void {
  if (WebAssembly.validate(bytes)) return;
  const reason = compileError(bytes);
  throw new ModuleError(
    "FLAWLESS_MODULE_INVALID",
    `Expected valid WebAssembly, but the engine says: ${reason instanceof Error ? reason.message : "invalid"}. The ` +
      "file is damaged, or it was built with WebAssembly features that this version of Node lacks.",
    { cause: reason },
  );
}

/** `validate` has no reason for a refusal; only compiling has. */
function compileError(bytes: Uint8Array): unknown {
  try {
    new WebAssembly.Module(bytes);
    return undefined;
  } catch (error) {
    return error;
  }
}
