import { FlawlessError } from "@flawless-ts/wasm-module";
import { hasTag } from "./has-tag.ts";

/** An option or argument makes no sense: a URL that is none, a time-out that is no number, an empty id. */
export class InvalidOptionsError extends FlawlessError {
  override readonly code = "FLAWLESS_INVALID_OPTIONS" as const;
  /** The option's name. */
  readonly option: string;

  /** @param expected what the option should be, and what came. */
  constructor(option: string, expected: string, options?: ErrorOptions) {
    super(`Invalid \`${option}\`: ${expected}`, options);
    this.option = option;
  }

  override get _tag(): "InvalidOptionsError" {
    return "InvalidOptionsError";
  }

  /** Whether `value` is this error, made by this or another copy of the package. */
  static override is(value: unknown): value is InvalidOptionsError {
    return hasTag(value, "InvalidOptionsError");
  }
}

/** A module's file cannot be read, or there is nothing in it. */
export class ModuleFileError extends FlawlessError {
  override readonly code = "FLAWLESS_MODULE_FILE" as const;
  /** The file; `null` when bytes were given. */
  readonly path: string | null;

  constructor(message: string, path: string | null, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
  }

  override get _tag(): "ModuleFileError" {
    return "ModuleFileError";
  }

  /** Whether `value` is this error, made by this or another copy of the package. */
  static override is(value: unknown): value is ModuleFileError {
    return hasTag(value, "ModuleFileError");
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

  /** Whether `value` is this error, made by this or another copy of the package. */
  static override is(value: unknown): value is ClientClosedError {
    return hasTag(value, "ClientClosedError");
  }
}
