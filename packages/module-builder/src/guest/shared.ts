import type { FetchError } from "@flawless-ts/wasm-module";
import type { parseDuration } from "@flawless-ts/wasm-module/internal/guest";
import type { PartName } from "./part-names.ts";
import type { CollationPart } from "./parts/collation.ts";
import type { ExtensionsPart } from "./parts/extensions.ts";
import type { LoggingPart } from "./parts/logging.ts";
import type { StandardsPart } from "./parts/standards.ts";
import type { WebPart } from "./parts/web.ts";
import type { attempt, operation } from "./operation.ts";
import type {
  cancellation,
  cancelTypes,
  isShielded,
  onCancel,
  refusal,
  takeCancel,
  wasEndedByCancelling,
} from "./cancellation.ts";
import type { hear } from "./next.ts";
import type { fromJson, toJson } from "./json.ts";
import type { checkAtOnce, checked } from "./running-workflow.ts";
import type { sleepFor } from "./sleep-for.ts";
import type {
  abandoned,
  begun,
  host,
  markBegun,
  remoteOperation,
  takeBegun,
  unbegun,
} from "./remote.ts";
import type {
  awaitedTypes,
  endByTime,
  firstToEnd,
  fixDeadlines,
  makeLoud,
  mayBeUpdates,
  stopWaiting,
  timeLeft,
  waitForTime,
} from "./waits.ts";

/** What each part of the library offers. */
export interface Parts {
  readonly web: WebPart;
  readonly logging: LoggingPart;
  readonly standards: StandardsPart;
  readonly collation: CollationPart;
  readonly extensions: ExtensionsPart;
}

/** What there must be only one of. */
export interface Offered {
  readonly parseDuration: typeof parseDuration;
  readonly FetchError: typeof FetchError;
  readonly attempt: typeof attempt;
  readonly operation: typeof operation;
  readonly remoteOperation: typeof remoteOperation;
  readonly host: typeof host;
  readonly abandoned: typeof abandoned;
  readonly begun: typeof begun;
  readonly markBegun: typeof markBegun;
  readonly takeBegun: typeof takeBegun;
  readonly unbegun: typeof unbegun;
  readonly hear: typeof hear;
  readonly cancelTypes: typeof cancelTypes;
  readonly isShielded: typeof isShielded;
  readonly refusal: typeof refusal;
  readonly onCancel: typeof onCancel;
  readonly cancellation: typeof cancellation;
  readonly fromJson: typeof fromJson;
  readonly toJson: typeof toJson;
  readonly checkAtOnce: typeof checkAtOnce;
  readonly checked: typeof checked;
  readonly sleepFor: typeof sleepFor;
  readonly takeCancel: typeof takeCancel;
  readonly wasEndedByCancelling: typeof wasEndedByCancelling;
  readonly awaitedTypes: typeof awaitedTypes;
  readonly endByTime: typeof endByTime;
  readonly firstToEnd: typeof firstToEnd;
  readonly fixDeadlines: typeof fixDeadlines;
  readonly makeLoud: typeof makeLoud;
  readonly mayBeUpdates: typeof mayBeUpdates;
  readonly stopWaiting: typeof stopWaiting;
  readonly timeLeft: typeof timeLeft;
  readonly waitForTime: typeof waitForTime;
}

/** What a part of the library has from the rest of the script. */
export interface Shared extends Offered {
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
