import type { CallScope } from "./call-scope.ts";

/**
 * Waits for a promise until its call ends.
 * @throws {FlawlessError} the reason, if the call ended first.
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
