import { FetchError } from "@flawless-ts/wasm-module";
import { parseDuration } from "@flawless-ts/wasm-module/internal/guest";
import { engine } from "./engine.ts";
import { partNames, type PartName } from "./part-names.ts";
import type { Parts } from "./shared.ts";
import { fixDeadlines, stopWaiting, timeLeft, waitForTime } from "./waits.ts";

const loaded: { -readonly [Name in PartName]?: Parts[Name] } = {};

/** A part of the library, which is evaluated when it is asked for the first time. */
export function part<Name extends PartName>(name: Name): Parts[Name] {
  if (loaded[name] === undefined) {
    engine.loadLibrary(partNames.indexOf(name))(engine, {
      parseDuration,
      FetchError,
      fixDeadlines,
      waitForTime,
      stopWaiting,
      timeLeft,
      part,
      publish: (published, content) => {
        loaded[published] = content;
      },
    });
  }
  const found = loaded[name];
  if (found === undefined)
    throw new Error(`the part ${name} of the library did not publish itself`);
  return found;
}

/** Whether a part is in memory. */
export function isLoaded(name: PartName): boolean {
  return loaded[name] !== undefined;
}
