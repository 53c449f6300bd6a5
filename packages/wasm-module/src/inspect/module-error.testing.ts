import { ModuleError } from "./module-error.ts";

/** Runs `action` and returns the ModuleError it throws. */
export function moduleErrorOf(action: () => unknown): ModuleError {
  try {
    action();
  } catch (error) {
    if (error instanceof ModuleError) return error;
    throw error;
  }
  throw new Error("expected a ModuleError, but nothing was thrown");
}
