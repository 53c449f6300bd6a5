import { parseJson, writeJson } from "@flawless-ts/wasm-module";
import { atob, btoa, TextEncoder } from "../encoding.ts";
import { describeError, logFailure, thrownJson, userStackOf } from "../failure.ts";
import { fetch } from "../fetch.ts";
import { Headers } from "../headers.ts";
import { fillRandomly } from "../random-bytes.ts";
import { Response } from "../response.ts";
import { shared, tagged } from "../shared.ts";
import { TextDecoder } from "../text-decoder.ts";
import { URL, URLSearchParams } from "../url.ts";

/** Globals that come from this part. */
export interface WebGlobals {
  readonly atob: typeof atob;
  readonly btoa: typeof btoa;
  readonly fetch: typeof fetch;
  readonly Headers: typeof Headers;
  readonly Response: typeof Response;
  readonly TextDecoder: typeof TextDecoder;
  readonly TextEncoder: typeof TextEncoder;
  readonly URL: typeof URL;
  readonly URLSearchParams: typeof URLSearchParams;
}

/** Requests and everything for them, and descriptions of errors. */
export interface WebPart extends WebGlobals {
  readonly describeError: typeof describeError;
  readonly logFailure: typeof logFailure;
  readonly thrownJson: typeof thrownJson;
  readonly userStackOf: typeof userStackOf;
  readonly fillRandomly: typeof fillRandomly;
  readonly parseJson: typeof parseJson;
  readonly writeJson: typeof writeJson;
}

shared.publish("web", {
  ...tagged({
    atob,
    btoa,
    fetch,
    Headers,
    Response,
    TextDecoder,
    TextEncoder,
    URL,
    URLSearchParams,
  }),
  describeError,
  logFailure,
  thrownJson,
  userStackOf,
  fillRandomly,
  parseJson,
  writeJson,
});
