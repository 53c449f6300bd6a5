import { Effect } from "effect";
import { InvalidOptionError } from "../errors/index.ts";

/** Runs a function that sends no request and throws only for invalid options. */
export function trySync<A>(run: () => A): Effect.Effect<A, InvalidOptionError> {
  return Effect.try({
    try: run,
    catch: (error) => {
      if (InvalidOptionError.is(error)) return error;
      throw error;
    },
  });
}
