import { console } from "./console.ts";
import { randomNumber } from "./host.ts";
import type { LibraryGlobals } from "./library.ts";
import { library } from "./load-library.ts";
import { randomUuid } from "./random.ts";
import { clearTimer, setInterval, setTimeout } from "./timers.ts";

// Imported before the user's code: it may use these at its top level.
const globals: Readonly<Record<string, unknown>> = {
  console,
  crypto: {
    randomUUID: randomUuid,
    getRandomValues: <Target extends ArrayBufferView>(target: Target): Target =>
      library().fillRandomly(target),
  },
  setTimeout,
  setInterval,
  clearTimeout: clearTimer,
  clearInterval: clearTimer,
};
const libraryGlobals: readonly (keyof LibraryGlobals)[] = [
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

for (const [name, value] of Object.entries(globals)) define(globalThis, name, value);
for (const name of libraryGlobals) {
  // Until somebody asks for it.
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get: () => {
      const value = library()[name];
      define(globalThis, name, value);
      return value;
    },
    set: (value: unknown) => {
      define(globalThis, name, value);
    },
  });
}
define(Math, "random", randomNumber);

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}
