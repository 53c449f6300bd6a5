import { FlawlessError } from "../errors.ts";

/**
 * Why a text or value doesn't match the ABI:
 *
 * - `FLAWLESS_ABI_INVALID_CALL`: a guest passed something other than a host call to `submit`.
 * - `FLAWLESS_ABI_INVALID_ANSWER`: a text that should be a host's answer is not.
 * - `FLAWLESS_ABI_UNENCODABLE`: a call or answer contains a value that the guest's Rust types can't represent, such as
 *   a number out of range or a string with half of a surrogate pair.
 */
export type AbiErrorCode =
  | "FLAWLESS_ABI_INVALID_CALL"
  | "FLAWLESS_ABI_INVALID_ANSWER"
  | "FLAWLESS_ABI_UNENCODABLE";

/** A text or value doesn't match the guest ABI. The message says where, what was expected and what came. */
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
