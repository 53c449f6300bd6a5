import { atob, btoa, TextDecoder, TextEncoder } from "./encoding.ts";
import { parseJson } from "../../json/parse-json.ts";
import { writeJson } from "../../json/write-json.ts";
import { describeError, logFailure } from "./failure.ts";
import { fetch } from "./fetch.ts";
import { Headers } from "./headers.ts";
import { fillRandomly } from "./random-bytes.ts";
import { Response } from "./response.ts";
import { shared } from "./shared.ts";
import { URL, URLSearchParams } from "./url.ts";

/** Globals that come from the library. */
export interface LibraryGlobals {
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

/**
 * The part of the script's own side that a workflow may well do without. It is bundled apart, and takes memory only in
 * a workflow that uses it.
 */
export interface Library extends LibraryGlobals {
  readonly describeError: typeof describeError;
  readonly logFailure: typeof logFailure;
  readonly fillRandomly: typeof fillRandomly;
  readonly parseJson: typeof parseJson;
  readonly writeJson: typeof writeJson;
}

shared.publish({
  atob,
  btoa,
  fetch,
  Headers,
  Response,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
  describeError,
  logFailure,
  fillRandomly,
  parseJson,
  writeJson,
});
