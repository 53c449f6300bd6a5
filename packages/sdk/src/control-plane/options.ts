import {
  InvalidOptionError,
  optionNames,
  refuseUnknownOptions,
} from "@flawless-ts/wasm-module/internal/client";
import {
  resolveOptions,
  type FlawlessOptions,
  type ResolvedOptions,
} from "../options/flawless-options.ts";
import type { ServerUrl } from "../options/server-urls.ts";
import type { ApiForm } from "./types.ts";

/** Options of `ControlPlane`. */
export interface ControlPlaneOptions extends Pick<
  FlawlessOptions,
  | "retry"
  | "maxResponseBytes"
  | "ca"
  | "dispatcher"
  | "fetch"
  | "irohDiscovery"
  | "sleep"
  | "random"
> {
  /**
   * The control plane's URL, such as `http://127.0.0.1:3020`. Its path, if any, prefixes each route. Several, up to
   * 100: equal nodes on one store. If one can't be reached, the next is tried, as for `Flawless`.
   */
  readonly url: ServerUrl;
  /** Sent as `Authorization: Bearer TOKEN`. Default: none. */
  readonly token?: string | undefined;
  /** How long a call may take in total, retries included, in milliseconds. Default 30,000. `Infinity`: no limit. */
  readonly timeoutMs?: number | undefined;
  /** The form of the mvm-ci API that the server speaks. Default `auto`: checks it once, and prefers the second. */
  readonly form?: ApiForm | "auto" | undefined;
}

const controlPlaneOptionNames = optionNames<ControlPlaneOptions>({
  url: true,
  token: true,
  timeoutMs: true,
  form: true,
  retry: true,
  maxResponseBytes: true,
  ca: true,
  dispatcher: true,
  fetch: true,
  irohDiscovery: true,
  sleep: true,
  random: true,
});

/** {@link ControlPlaneOptions}, checked and with the defaults filled in. */
export interface ResolvedControlPlaneOptions {
  readonly client: ResolvedOptions;
  /** `null` to ask the server. */
  readonly form: ApiForm | null;
}

/** @throws {InvalidOptionError} naming the first unknown or invalid option. */
export function resolveControlPlaneOptions(
  options: ControlPlaneOptions,
): ResolvedControlPlaneOptions {
  refuseUnknownOptions(options, controlPlaneOptionNames);
  const { form = "auto", ...client } = options;
  if (!["auto", "first", "second"].includes(form)) {
    throw new InvalidOptionError(
      "form",
      `expected "first", "second" or "auto", but got ${JSON.stringify(form)}.`,
    );
  }
  return { client: resolveOptions(client), form: form === "auto" ? null : form };
}
