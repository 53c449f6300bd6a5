import { FlawlessError } from "../errors.ts";

/**
 * Why a text or value does not fit the ABI:
 *
 * - `FLAWLESS_ABI_INVALID_CALL`: what a guest handed to `submit` is no host call.
 * - `FLAWLESS_ABI_INVALID_ANSWER`: a text that should hold a host's answer does not.
 * - `FLAWLESS_ABI_UNENCODABLE`: a call or answer holds a value that the guest's Rust types cannot take, such as a
 *   number out of range or a string with half of a surrogate pair.
 */
export type AbiErrorCode =
  | "FLAWLESS_ABI_INVALID_CALL"
  | "FLAWLESS_ABI_INVALID_ANSWER"
  | "FLAWLESS_ABI_UNENCODABLE";

/** A text or value does not fit the guest ABI. The message says where, what was expected and what came. */
export class AbiError extends FlawlessError {
  override readonly code: AbiErrorCode;

  constructor(code: AbiErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  override get _tag(): "AbiError" {
    return "AbiError";
  }
}
