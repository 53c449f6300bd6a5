import { AbiError } from "./abi-error.ts";

/** Runs `action` and returns the AbiError it throws. */
export function abiErrorOf(action: () => unknown): AbiError {
  try {
    action();
  } catch (error) {
    if (error instanceof AbiError) return error;
    throw error;
  }
  throw new Error("expected an AbiError, but nothing was thrown");
}
