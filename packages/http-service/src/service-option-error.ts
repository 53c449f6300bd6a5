import { FlawlessError } from "@flawless-ts/wasm-module";

/** A service was given an option of no use. */
export class ServiceOptionError extends FlawlessError {
  readonly code = "INVALID_REQUEST";

  override get _tag(): "ServiceOptionError" {
    return "ServiceOptionError";
  }
}
