import { Effect } from "effect";
import { InvalidOptionError } from "../errors/index.ts";

/** Runs what asks the server nothing and refuses invalid options only. */
export function trySync<A>(run: () => A): Effect.Effect<A, InvalidOptionError> {
  return Effect.try({
    try: run,
    catch: (error) => {
      if (InvalidOptionError.is(error)) return error;
      throw error;
    },
  });
}
