import { InvalidOptionError } from "@flawless-ts/wasm-module";
import type { WasiCall } from "./wasi-options.ts";

const maxCalls = 100_000;

/**
 * Checks the functions to call.
 *
 * @throws InvalidOptionError
 */
export function planCalls(calls: readonly WasiCall[] | undefined): readonly WasiCall[] | undefined {
  if (calls === undefined) return undefined;
  if (!Array.isArray(calls) || calls.length > maxCalls) {
    throw new InvalidOptionError("calls", `expected a list of up to ${maxCalls} calls.`);
  }
  return (calls as readonly WasiCall[]).map((call, index) => planCall(call, `calls[${index}]`));
}

function planCall(call: WasiCall, option: string): WasiCall {
  const { name, parameters = [] } = call ?? {};
  if (typeof name !== "string") {
    throw new InvalidOptionError(
      option,
      `expected the name of a function, but got a ${typeof name}.`,
    );
  }
  const fits = (value: unknown): boolean => typeof value === "number" || typeof value === "bigint";
  if (!Array.isArray(parameters) || !parameters.every(fits)) {
    throw new InvalidOptionError(option, "expected a list of numbers and bigints as `parameters`.");
  }
  return { name, parameters: [...parameters] };
}
