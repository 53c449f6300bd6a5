import type { FetchOptions } from "@flawless-ts/wasm-module";

/** A `Request`, which is in another part of the library than `fetch`. */
export interface FetchSource {
  /** @internal What it asks for. */
  "flawless:fetch"(): { readonly url: string; readonly options: FetchOptions };
}
