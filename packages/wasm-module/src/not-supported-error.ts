import { FlawlessError } from "./errors.ts";

/** Details of a {@link NotSupportedByServerError}. */
export interface NotSupportedOptions extends ErrorOptions {
  /** Which server supports it; the last sentence of the message. */
  readonly advice?: string | undefined;
}

const flawlessAdvice =
  "The original Flawless server has deploy, start, send and version only; @flawless-ts/server has the rest.";

/** The server lacks this feature: the original one lacks what `@flawless-ts/server` adds. */
export class NotSupportedByServerError extends FlawlessError {
  override readonly code = "FLAWLESS_NOT_SUPPORTED_BY_SERVER" as const;
  /** The feature, such as "listing workflows". */
  readonly feature: string;
  /** The server's version; `null` in a workflow, which can't know it. */
  readonly serverVersion: string | null;

  /** @param url the server's URL; `null` in a workflow. */
  constructor(
    feature: string,
    url: string | null,
    serverVersion: string | null,
    options?: NotSupportedOptions,
  ) {
    const advice = options?.advice ?? flawlessAdvice;
    const server = url === null ? "that runs this workflow" : `at ${url}`;
    const version = serverVersion === null ? "" : ` (version ${serverVersion})`;
    super(`The server ${server}${version} does not support ${feature}. ${advice}`, options);
    this.feature = feature;
    this.serverVersion = serverVersion;
  }

  override get _tag(): "NotSupportedByServerError" {
    return "NotSupportedByServerError";
  }
}
