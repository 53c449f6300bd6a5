import type { EngineLimitOptions, EngineObserver, NetworkRules } from "@flawless-ts/server";
import type { ActivityDefinitions } from "@flawless-ts/wasm-module";
import type { ActivityFault } from "../activities/activity-fault.ts";
import type { CrashPoint, StoreFaults } from "./faulty-store.ts";
import type { RequestFault, TestHttpOption } from "./test-http.ts";

/** Options of an environment. Every option has a default, and all defaults are deterministic. */
export interface TestEnvironmentOptions {
  /** The start of its clock, from 1970: a Date, an ISO 8601 string or milliseconds. Default 2026-01-01T00:00:00Z. */
  readonly startTime?: Date | string | number;
  /** The seed of random numbers. Default 1. */
  readonly seed?: number;
  /** Secrets by name. Default: none. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Answers requests. Default: none; an unanswered request fails the test. */
  readonly http?: TestHttpOption;
  /**
   * The activities that workflows call with `context.activities`, whatever the queue. They run in the test's process,
   * on its clock. Default: none. See also `env.mockActivities`.
   */
  readonly activities?: ActivityDefinitions;
  /**
   * Which hosts workflows may send requests to, like `flawless up --deny-private` and similar options. A refused
   * request is not sent, and the workflow gets a transport error. By name only, unless `http` is `"network"`. Default:
   * all.
   */
  readonly network?: NetworkRules;
  /** Whether time advances automatically while the test waits and every workflow is idle. Default true. */
  readonly autoSkip?: boolean;
  /** Rebuilds a workflow from its journal at each wake-up, to find nondeterminism. Default false. */
  readonly alwaysReplay?: boolean;
  /** Faults of requests, activities and the store of workflows. Default: none. */
  readonly faults?: {
    readonly requests?: readonly RequestFault[];
    readonly activities?: readonly ActivityFault[];
    readonly store?: StoreFaults;
    /** Where the server crashes, by commit of its journal. */
    readonly crash?: CrashPoint;
  };
  /** Names of child workflows that are not run: they complete as soon as they start. */
  readonly stubs?: readonly string[];
  /** The engine's limits. Default: a server's. */
  readonly limits?: EngineLimitOptions;
  /** Observe the engine, as on a server, for example for tracing. Default: none. */
  readonly observers?: readonly EngineObserver[];
}
