import { console } from "./console.ts";
import { atob, btoa, TextDecoder, TextEncoder } from "./encoding.ts";
import { fetch } from "./fetch.ts";
import { Headers } from "./headers.ts";
import { randomNumber } from "./host.ts";
import { fillRandomly, randomUuid } from "./random.ts";
import { Response } from "./response.ts";
import { clearTimer, setInterval, setTimeout } from "./timers.ts";
import { URL, URLSearchParams } from "./url.ts";

// Imported before the user's code: it may use these at its top level.
const globals: Readonly<Record<string, unknown>> = {
  console,
  atob,
  btoa,
  TextDecoder,
  TextEncoder,
  fetch,
  Headers,
  Response,
  URL,
  URLSearchParams,
  crypto: { randomUUID: randomUuid, getRandomValues: fillRandomly },
  setTimeout,
  setInterval,
  clearTimeout: clearTimer,
  clearInterval: clearTimer,
};

for (const [name, value] of Object.entries(globals)) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
Object.defineProperty(Math, "random", { value: randomNumber, configurable: true, writable: true });
