import type { CallScope } from "./call-scope.ts";

/**
 * Waits for a promise no longer than its call lasts.
 * @throws {FlawlessError} the reason why the call had to end.
 */
export async function waitWithin<Value>(promise: Promise<Value>, scope: CallScope): Promise<Value> {
  scope.check();
  const ended = Promise.withResolvers<never>();
  const end = (): void => ended.reject(scope.signal.reason);
  scope.signal.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([promise, ended.promise]);
  } finally {
    scope.signal.removeEventListener("abort", end);
  }
}
