import type { FetchOptions } from "@flawless-ts/wasm-module";

/** A `Request`, which is in another part of the library than `fetch`. */
export interface FetchSource {
  /** @internal The request's URL and options. */
  "flawless:fetch"(): { readonly url: string; readonly options: FetchOptions };
}
