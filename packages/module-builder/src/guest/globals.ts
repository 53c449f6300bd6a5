import { CancelledError, FetchError } from "@flawless-ts/wasm-module";
import { callbackFailed } from "./callback-failure.ts";
import { cancelling, isShielded, refusal } from "./cancellation.ts";
import { console } from "./console.ts";
import { parseDuration } from "./duration.ts";
import { setUpErrorStacks } from "./error-stacks.ts";
import { randomNumber } from "./host.ts";
import { interests, unwatched, update, watch, watchCombinators } from "./interest.ts";
import { fromJson, toJson } from "./json.ts";
import { boundJson } from "./json-depth.ts";
import { attempt, operation } from "./operation.ts";
import { offerToParts, part } from "./part-loader.ts";
import type { CollationGlobals } from "./parts/collation.ts";
import type { StandardsGlobals } from "./parts/standards.ts";
import type { WaitingGlobals } from "./parts/waiting.ts";
import type { WebGlobals } from "./parts/web.ts";
import { randomUuid } from "./random.ts";
import { begun, host, unbegun } from "./remote.ts";
import { checked } from "./running-workflow.ts";
import { sleepFor } from "./sleep-for.ts";
import { waitOperation } from "./wait-operation.ts";
import {
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

// Imported before the user's code, which may use these at its top level.
const globals: Readonly<Record<string, unknown>> = {
  console,
  crypto: {
    randomUUID: randomUuid,
    getRandomValues: <Target extends ArrayBufferView>(target: Target): Target =>
      part("web").fillRandomly(target),
    get subtle() {
      return part("standards").subtle;
    },
  },
  self: globalThis,
};
const webGlobals: readonly (keyof WebGlobals)[] = [
  "atob",
  "btoa",
  "fetch",
  "Headers",
  "Response",
  "TextDecoder",
  "TextEncoder",
  "URL",
  "URLSearchParams",
];
const standardsGlobals: readonly (keyof StandardsGlobals)[] = [
  "AbortController",
  "AbortSignal",
  "Blob",
  "CustomEvent",
  "Event",
  "EventTarget",
  "File",
  "FormData",
  "performance",
  "Request",
  "structuredClone",
];
const waitingGlobals: readonly (keyof WaitingGlobals)[] = [
  "clearInterval",
  "clearTimeout",
  "setInterval",
  "setTimeout",
];
const collationGlobals: readonly (keyof CollationGlobals)[] = ["Intl"];

offerToParts({
  parseDuration,
  CancelledError,
  FetchError,
  attempt,
  operation,
  waitOperation,
  host,
  begun,
  unbegun,
  callbackFailed,
  cancelling,
  isShielded,
  refusal,
  fromJson,
  toJson,
  checked,
  sleepFor,
  interests,
  unwatched,
  update,
  watch,
  addWait,
  endByTime,
  fixDeadlines,
  fresh,
  makeLoud,
  mayBeUpdates,
  resumeWaiting,
  stopWaiting,
  waitForTime,
});
for (const [name, value] of Object.entries(globals)) define(globalThis, name, value);
for (const name of webGlobals) defineLate(name, () => part("web")[name]);
for (const name of standardsGlobals) defineLate(name, () => part("standards")[name]);
for (const name of waitingGlobals) defineLate(name, () => part("waiting")[name]);
for (const name of collationGlobals) defineLate(name, () => part("collation")[name]);
define(Math, "random", randomNumber);
define(
  String.prototype,
  "localeCompare",
  {
    localeCompare(this: unknown, ...values: readonly unknown[]): number {
      return part("collation").localeCompare(this, ...values);
    },
  }.localeCompare,
);
boundJson();
setUpErrorStacks();
watchCombinators();

/** A global that is created on first access. */
function defineLate(name: string, load: () => unknown): void {
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get: () => {
      const value = load();
      define(globalThis, name, value);
      return value;
    },
    set: (value: unknown) => {
      define(globalThis, name, value);
    },
  });
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}
