import {
  type ActivitiesOptions,
  type ActivityCallOptions,
  InvalidOptionError,
} from "@flawless-ts/wasm-module";
import { activityPolicy, type SentPolicy } from "@flawless-ts/wasm-module/internal/guest";
import { remoteOperation } from "../remote-operation.ts";
import { shared } from "../shared.ts";
import { callByUrl, refuseForUrl } from "./activity-by-url.ts";
import { activityError, type ToldFailure } from "./activity-failures.ts";
import { withJson } from "./ask.ts";

type Result = { readonly value: unknown } | { readonly error: ToldFailure };
type Call = (input?: unknown, options?: ActivityCallOptions) => Promise<unknown>;

/** Functions that call the activities of a queue, or behind a URL, by whatever names are used. */
export function activities(options: ActivitiesOptions): never {
  const { queue, url, headers, ...defaults } = options as {
    readonly queue?: unknown;
    readonly url?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  } & ActivityCallOptions;
  const target = targetOf(queue, url, headers);
  const policy = policyOf(defaults);
  if (url !== undefined) refuseForUrl(policy);
  const calls = new Map<string, Call>();
  const made = (name: string): Call => {
    const call: Call =
      calls.get(name) ??
      ((input, own = {}) => shared.attempt(() => target(name, input, { ...defaults, ...own })));
    calls.set(name, call);
    return call;
  };
  return new Proxy(Object.freeze({}), {
    // Code may check whether an object is a promise, so `then` is not an activity.
    get: (_, name) => (typeof name === "string" && name !== "then" ? made(name) : undefined),
  }) as never;
}

type Target = (name: string, input: unknown, options: ActivityCallOptions) => Promise<unknown>;

function targetOf(
  queue: unknown,
  url: unknown,
  headers: Readonly<Record<string, string>> | undefined,
): Target {
  if (url === undefined) {
    if (typeof queue !== "string" || queue === "") {
      throw new InvalidOptionError(
        "queue",
        `expected the name of a queue, or a \`url\`, but got ${JSON.stringify(queue) ?? "neither"}.`,
      );
    }
    if (headers !== undefined)
      throw new InvalidOptionError("headers", "only activities behind a `url` are sent headers.");
    return (name, input, options) => callByQueue(queue, name, input, options);
  }
  if (queue !== undefined)
    throw new InvalidOptionError("url", "activities have a `queue` or a `url`, not both.");
  const base = String(url).replace(/\/$/, "");
  return (name, input, options) =>
    callByUrl(
      { name, url: `${base}/${encodeURIComponent(name)}`, headers: headers ?? {} },
      inputJson(name, input),
      policyOf(options),
      options.signal,
    );
}

function callByQueue(
  queue: string,
  name: string,
  input: unknown,
  options: ActivityCallOptions,
): Promise<unknown> {
  const policy = policyOf(options);
  const json = inputJson(name, input);
  return shared.operation<unknown>(
    (settle) =>
      remoteOperation({
        describe: () => withJson({ kind: "activity", queue, name, ...policy }, "input", json),
        ended: (result) => {
          const told = result as Result;
          if ("value" in told) settle.resolve(told.value);
          else settle.reject(activityError(name, told.error));
        },
        failed: settle.reject,
        feature: `the activities of a queue ("${queue}")`,
        advice:
          "Put them behind a URL by createActivityHandler() of @flawless-ts/sdk, and call them by " +
          "context.activities({ url }); or run the workflow on @flawless-ts/server.",
      }),
    options.signal,
  );
}

function policyOf(options: ActivityCallOptions): SentPolicy {
  const { signal, ...policy } = options;
  void signal;
  return activityPolicy(policy);
}

function inputJson(name: string, input: unknown): string {
  return shared.toJson(input, `The input of the activity "${name}"`);
}
