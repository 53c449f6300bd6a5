import { engine } from "./engine.ts";

/** A text that is shorter can't be nested so deeply that it matters. */
const harmlessLength = 1000;

/**
 * Has `JSON.parse` and `JSON.stringify` throw for what is nested too deeply. Without it the host's stack would overflow
 * in them, which ends the workflow where it could catch an error.
 */
export function boundJson(): void {
  const { parse, stringify } = JSON;
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
