import { FlawlessError } from "@flawless-ts/wasm-module/internal/client";

/** A module's file can't be read, or is empty. */
export class ModuleFileError extends FlawlessError {
  override readonly code = "FLAWLESS_MODULE_FILE" as const;
  /** The file; `null` if bytes were passed. */
  readonly path: string | null;

  constructor(message: string, path: string | null, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
  }

  override get _tag(): "ModuleFileError" {
    return "ModuleFileError";
  }
}

/** The client was closed, before the call or during it. */
export class ClientClosedError extends FlawlessError {
  override readonly code = "FLAWLESS_CLIENT_CLOSED" as const;

  constructor() {
    super(
      "The client is closed. Await all calls before the end of the block that holds it with `await using`, or before `close()`.",
    );
  }

  override get _tag(): "ClientClosedError" {
    return "ClientClosedError";
  }
}
