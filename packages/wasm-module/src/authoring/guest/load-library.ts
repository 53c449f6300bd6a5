import { durationMilliseconds } from "../duration-text.ts";
import { FetchError } from "../fetch-error.ts";
import { engine } from "./engine.ts";
import type { Library } from "./library.ts";
import { fixDeadlines } from "./waits.ts";

let loaded: Library | undefined;

/** The library, which is evaluated when it is asked for the first time. */
export function library(): Library {
  if (loaded === undefined) {
    engine.loadLibrary()(engine, {
      durationMilliseconds,
      FetchError,
      fixDeadlines,
      publish: (published) => {
        loaded = published;
      },
    });
  }
  if (loaded === undefined) throw new Error("the library did not publish itself");
  return loaded;
}
