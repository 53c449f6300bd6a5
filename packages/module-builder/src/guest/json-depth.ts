import { engine } from "./engine.ts";

/** A shorter text can't be nested too deeply. */
const harmlessLength = 1000;

/** As it was before {@link boundJson}: for values that are known not to be nested too deeply. */
export const stringify: typeof JSON.stringify = JSON.stringify;
const { parse } = JSON;

/**
 * Makes `JSON.parse` and `JSON.stringify` throw if the nesting is too deep. Otherwise the host's stack would overflow,
 * which ends the workflow without an error that it could catch.
 */
export function boundJson(): void {
  JSON.parse = bounded("parse", parse, (text) => String(text).length > harmlessLength);
  JSON.stringify = bounded("stringify", stringify, (value) => typeof value === "object");
}

function bounded<Call extends (...values: never[]) => unknown>(
  name: string,
  call: Call,
  canBeDeep: (value: unknown) => boolean,
): Call {
  const { [name]: wrapped } = {
    [name](...values: Parameters<Call>): unknown {
      if (!canBeDeep(values[0]) || !engine.narrowStack()) return call(...values);
      try {
        return call(...values);
      } catch (error) {
        throw isOverflow(error) ? new RangeError(tooDeep(name), { cause: error }) : error;
      } finally {
        engine.widenStack();
      }
    },
  };
  return wrapped as Call;
}

function tooDeep(name: string): string {
  return `JSON.${name} takes a few thousand levels of arrays and objects inside one another, but got more`;
}

function isOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.startsWith("Maximum call stack");
}
