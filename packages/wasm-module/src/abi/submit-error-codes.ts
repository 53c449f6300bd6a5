/**
 * What `wasabi.submit` returns to the guest if there is no answer to read; otherwise it returns 0.
 *
 * Source: `Error` in the crate `flawless-wasabi` 1.0.0-beta.3, which panics on any other number.
 */
export const submitErrorCodes = {
  /** The module does not export `wasabi::alloc`. */
  NoAllocExport: -1,
  /** The module does not export `memory`. */
  NoMemoryExport: -2,
  /** `wasabi::alloc` trapped or returned memory out of bounds. */
  AllocCallFailed: -3,
  /** Used by the guest itself, before it calls the host. */
  InputSerializationFailed: -4,
  /** The guest's text is not a host call: `decodeHostCall` throws. */
  InputDeserializationFailed: -5,
  /** The answer can't be written as JSON: `encodeHostAnswer` throws. */
  OutputSerializationFailed: -6,
  /** The answer could not be copied into the guest's memory. */
  OutputWriteFailed: -7,
  /** Used by the guest itself, after the host has answered. */
  OutputDeserializationFailed: -8,
} as const;

/** A name in {@link submitErrorCodes}. */
export type SubmitErrorName = keyof typeof submitErrorCodes;
