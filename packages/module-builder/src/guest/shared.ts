import type { CancelledError, FetchError } from "@flawless-ts/wasm-module";
import type { callbackFailed } from "./callback-failure.ts";
import type { cancelling, isShielded, refusal } from "./cancellation.ts";
import type { parseDuration } from "./duration.ts";
import type { interests, unwatched, update, watch } from "./interest.ts";
import type { fromJson, toJson } from "./json.ts";
import type { attempt, operation } from "./operation.ts";
import type { PartName } from "./part-names.ts";
import type { ChecksPart } from "./parts/checks.ts";
import type { CollationPart } from "./parts/collation.ts";
import type { DurationsPart } from "./parts/durations.ts";
import type { ExtensionsPart } from "./parts/extensions.ts";
import type { LoggingPart } from "./parts/logging.ts";
import type { StandardsPart } from "./parts/standards.ts";
import type { WaitingPart } from "./parts/waiting.ts";
import type { WebPart } from "./parts/web.ts";
import type { begun, host, unbegun } from "./remote.ts";
import type { checked } from "./running-workflow.ts";
import type { sleepFor } from "./sleep-for.ts";
import type { waitOperation } from "./wait-operation.ts";
import type {
  addWait,
  endByTime,
  fixDeadlines,
  fresh,
  makeLoud,
  mayBeUpdates,
  resumeWaiting,
  stopWaiting,
  waitForTime,
} from "./waits.ts";

/** The contents of each part of the library. */
export interface Parts {
  readonly web: WebPart;
  readonly logging: LoggingPart;
  readonly standards: StandardsPart;
  readonly collation: CollationPart;
  readonly extensions: ExtensionsPart;
  readonly waiting: WaitingPart;
  readonly checks: ChecksPart;
  readonly durations: DurationsPart;
}

/** What must exist only once. */
export interface Offered {
  readonly parseDuration: typeof parseDuration;
  readonly CancelledError: typeof CancelledError;
  readonly FetchError: typeof FetchError;
  readonly attempt: typeof attempt;
  readonly operation: typeof operation;
  readonly waitOperation: typeof waitOperation;
  readonly host: typeof host;
  readonly begun: typeof begun;
  readonly unbegun: typeof unbegun;
  readonly callbackFailed: typeof callbackFailed;
  readonly cancelling: typeof cancelling;
  readonly isShielded: typeof isShielded;
  readonly refusal: typeof refusal;
  readonly fromJson: typeof fromJson;
  readonly toJson: typeof toJson;
  readonly checked: typeof checked;
  readonly sleepFor: typeof sleepFor;
  readonly interests: typeof interests;
  readonly unwatched: typeof unwatched;
  readonly update: typeof update;
  readonly watch: typeof watch;
  readonly addWait: typeof addWait;
  readonly endByTime: typeof endByTime;
  readonly fixDeadlines: typeof fixDeadlines;
  readonly fresh: typeof fresh;
  readonly makeLoud: typeof makeLoud;
  readonly mayBeUpdates: typeof mayBeUpdates;
  readonly resumeWaiting: typeof resumeWaiting;
  readonly stopWaiting: typeof stopWaiting;
  readonly waitForTime: typeof waitForTime;
}

/** What the rest of the script offers to a part of the library. */
export interface Shared extends Offered {
  /** Another part, or itself. */
  readonly part: <Name extends PartName>(name: Name) => Parts[Name];
  /** Each part calls it with its content. */
  readonly publish: <Name extends PartName>(name: Name, content: Parts[Name]) => void;
}

/** Gives each class its name for `Object.prototype.toString`, as classes of the web have. */
export function tagged<Globals extends object>(globals: Globals): Globals {
  for (const [name, value] of Object.entries(globals)) {
    const { prototype } = value as { readonly prototype?: object };
    if (typeof prototype !== "object") continue;
    Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
  }
  return globals;
}

declare const __shared: Shared;

/** A parameter of the function that contains the part. */
export const shared: Shared = __shared;
