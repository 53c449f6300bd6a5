import { Flawless } from "../flawless.ts";
import type { FlawlessOptions } from "../options/flawless-options.ts";

/** A client of this server whose pauses take no time. */
export function clientOf(
  server: { readonly url: string },
  options: Partial<FlawlessOptions> = {},
): Flawless {
  return new Flawless({ url: server.url, sleep: async () => undefined, ...options });
}
