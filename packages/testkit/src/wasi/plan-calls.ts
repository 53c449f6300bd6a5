import { WasiOptionError } from "./wasi-errors.ts";
import type { WasiCall } from "./wasi-options.ts";

const mostCalls = 100_000;

/**
 * Looks at the functions that are to be called.
 *
 * @throws WasiOptionError
 */
export function planCalls(calls: readonly WasiCall[] | undefined): readonly WasiCall[] | undefined {
  if (calls === undefined) return undefined;
  if (!Array.isArray(calls) || calls.length > mostCalls) {
    throw new WasiOptionError("calls", `expected a list of up to ${mostCalls} calls.`);
  }
  return (calls as readonly WasiCall[]).map((call, index) => planCall(call, `calls[${index}]`));
}

function planCall(call: WasiCall, option: string): WasiCall {
  const { name, parameters = [] } = call ?? {};
  if (typeof name !== "string") {
    throw new WasiOptionError(option, `expected the name of a function, but got a ${typeof name}.`);
  }
  const fits = (value: unknown): boolean => typeof value === "number" || typeof value === "bigint";
  if (!Array.isArray(parameters) || !parameters.every(fits)) {
    throw new WasiOptionError(option, "expected a list of numbers and bigints as `parameters`.");
  }
  return { name, parameters: [...parameters] };
}
