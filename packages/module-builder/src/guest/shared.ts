import type { FetchError } from "@flawless-ts/wasm-module";
import type { parseDuration } from "@flawless-ts/wasm-module/internal/guest";
import type { PartName } from "./part-names.ts";
import type { CollationPart } from "./parts/collation.ts";
import type { LoggingPart } from "./parts/logging.ts";
import type { StandardsPart } from "./parts/standards.ts";
import type { WebPart } from "./parts/web.ts";
import type { fixDeadlines, stopWaiting, timeLeft, waitForTime } from "./waits.ts";

/** What each part of the library offers. */
export interface Parts {
  readonly web: WebPart;
  readonly logging: LoggingPart;
  readonly standards: StandardsPart;
  readonly collation: CollationPart;
}

/** What a part of the library has from the rest of the script, because there must be only one of it. */
export interface Shared {
  readonly parseDuration: typeof parseDuration;
  readonly FetchError: typeof FetchError;
  readonly fixDeadlines: typeof fixDeadlines;
  readonly waitForTime: typeof waitForTime;
  readonly stopWaiting: typeof stopWaiting;
  readonly timeLeft: typeof timeLeft;
  /** Another part, or itself. */
  readonly part: <Name extends PartName>(name: Name) => Parts[Name];
  /** To be called by a part, with what it offers. */
  readonly publish: <Name extends PartName>(name: Name, content: Parts[Name]) => void;
}

/** Gives each class the name that `Object.prototype.toString` tells of a class of the web. */
export function tagged<Globals extends object>(globals: Globals): Globals {
  for (const [name, value] of Object.entries(globals)) {
    const { prototype } = value as { readonly prototype?: object };
    if (typeof prototype !== "object") continue;
    Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
  }
  return globals;
}

declare const __shared: Shared;

/** A parameter of the function that all of a part is in. */
export const shared: Shared = __shared;
