import { Effect } from "effect";
import { InvalidOptionsError } from "../errors/index.ts";

/** Runs what asks the server nothing and refuses invalid options only. */
export function trySync<A>(run: () => A): Effect.Effect<A, InvalidOptionsError> {
  return Effect.try({
    try: run,
    catch: (error) => {
      if (InvalidOptionsError.is(error)) return error;
      throw error;
    },
  });
}
