import { defineActivities, type ActivityDefinitions } from "@flawless-ts/wasm-module";
import {
  activityPolicy,
  optionNames,
  refuseUnknownOptions,
  type SentPolicy,
} from "@flawless-ts/wasm-module/internal";
import type { FlawlessConnection } from "../connection/connection.ts";
import { HttpConnection } from "../connection/http-connection.ts";
import { InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";
import { connectionOf } from "../flawless.ts";
import { atLeast, checkedText } from "../options/checks.ts";
import { timerSleep } from "../options/client-options.ts";
import { resolveOptions } from "../options/flawless-options.ts";
import { checkedGrace } from "../worker/options.ts";
import { ownName } from "../worker/own-name.ts";
import { silentLogger } from "../worker/silent-logger.ts";
import type { ActivityWorkerOptions } from "./types.ts";

/** The names of the options that have a default. */
type Defaulted =
  | "concurrency"
  | "id"
  | "errorDelayMs"
  | "closeGraceMs"
  | "logger"
  | "sleep"
  | "random";

/** {@link ActivityWorkerOptions}, checked and with the defaults filled in. */
export type ResolvedActivityWorkerOptions = Pick<
  ActivityWorkerOptions,
  "queue" | "activities" | "signal"
> & {
  readonly [Name in Defaulted]-?: NonNullable<ActivityWorkerOptions[Name]>;
} & {
  /** One for each node. */
  readonly connections: readonly FlawlessConnection[];
  /** Whether the worker must close them. */
  readonly ownsConnections: boolean;
  /** The policies of the definitions, by name. */
  readonly policies: Readonly<Record<string, SentPolicy>>;
};

const names = optionNames<ActivityWorkerOptions>({
  url: true,
  token: true,
  ca: true,
  dispatcher: true,
  fetch: true,
  flawless: true,
  queue: true,
  activities: true,
  concurrency: true,
  id: true,
  errorDelayMs: true,
  closeGraceMs: true,
  signal: true,
  logger: true,
  sleep: true,
  random: true,
});

/** @throws {InvalidOptionError} naming the first option that doesn't exist, is invalid, or contradicts another. */
export function resolveActivityWorkerOptions(
  options: ActivityWorkerOptions,
): ResolvedActivityWorkerOptions {
  refuseUnknownOptions(options, names);
  const activities = defineActivities(options.activities);
  if (Object.keys(activities ?? {}).length === 0) {
    throw new InvalidOptionError("activities", "expected at least one activity.");
  }
  const { connections, ownsConnections } = connectionsOf(options);
  return {
    connections,
    ownsConnections,
    activities,
    policies: activityPolicies(activities),
    queue: checkedText("queue", options.queue),
    concurrency: atLeast(1, "concurrency", options.concurrency ?? 10),
    id: checkedText("id", options.id ?? ownName(6)),
    errorDelayMs: checkedGrace("errorDelayMs", options.errorDelayMs ?? 1_000),
    closeGraceMs: checkedGrace("closeGraceMs", options.closeGraceMs ?? 8_000),
    signal: options.signal,
    logger: options.logger ?? silentLogger,
    sleep: options.sleep ?? timerSleep,
    random: options.random ?? Math.random,
  };
}

/** Each node has its own queues, so all of them are asked. */
function connectionsOf(
  options: ActivityWorkerOptions,
): Pick<ResolvedActivityWorkerOptions, "connections" | "ownsConnections"> {
  const { ca, dispatcher, fetch, flawless, token, url } = options;
  if (flawless !== undefined) {
    const given = Object.entries({ url, token, ca, dispatcher, fetch }).find(([, value]) => value);
    if (given !== undefined) {
      throw new InvalidOptionError(given[0], "a `flawless` has its own: leave one of them out.");
    }
    return { connections: [connectionOf(flawless)], ownsConnections: false };
  }
  if (url === undefined) {
    throw new InvalidOptionError("url", "expected where the server is, or a client as `flawless`.");
  }
  const resolved = resolveOptions({ url, token, ca, dispatcher, fetch });
  return {
    connections: resolved.urls.map((one) => new HttpConnection({ ...resolved, urls: [one] })),
    ownsConnections: true,
  };
}

/** The policies of definitions, by name. */
export function activityPolicies(
  activities: ActivityDefinitions,
): Readonly<Record<string, SentPolicy>> {
  return Object.fromEntries(
    Object.entries(activities).map(([name, definition]) => [name, policyOf(definition)]),
  );
}

function policyOf(definition: ActivityWorkerOptions["activities"][string]): SentPolicy {
  if (typeof definition === "function") return {};
  const { input: _input, output: _output, run: _run, ...policy } = definition;
  return activityPolicy(policy);
}
