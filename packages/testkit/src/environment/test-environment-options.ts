import type { EngineLimitOptions, EngineObserver, NetworkRules } from "@flawless-ts/server";
import type { ActivityDefinitions } from "@flawless-ts/wasm-module";
import type { ActivityFault } from "../activities/activity-fault.ts";
import type { CrashPoint, StoreFaults } from "./faulty-store.ts";
import type { RequestFault, TestHttpOption } from "./test-http.ts";

/** What an environment is made of; everything has a default, and every default is repeatable. */
export interface TestEnvironmentOptions {
  /** When its clock begins, from 1970 on: a Date, ISO 8601 text or milliseconds. Default 2026-01-01T00:00:00Z. */
  readonly startTime?: Date | string | number;
  /** Makes random numbers repeatable. Default 1. */
  readonly seed?: number;
  /** What workflows get for the names of secrets. Default: none. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Who answers requests. Default: nobody; a request that nobody answers fails the test. */
  readonly http?: TestHttpOption;
  /**
   * What workflows call by `context.activities`, whatever the queue: run in the test's process, on its clock. Default: none.
   * See also `env.mockActivities`.
   */
  readonly activities?: ActivityDefinitions;
  /**
   * Which hosts workflows may send requests to, as `flawless up --deny-private` and its like say it. A request that is
   * refused reaches nobody, and the workflow gets its transport error. By name only, unless `http` is `"network"`.
   * Default: all.
   */
  readonly network?: NetworkRules;
  /** Whether time goes on by itself while the test waits and every workflow is idle. Default true. */
  readonly autoSkip?: boolean;
  /** Rebuilds a workflow from its journal at each wake-up, which finds nondeterminism. Default false. */
  readonly alwaysReplay?: boolean;
  /** What goes wrong with requests, activities and the store of workflows. Default: nothing. */
  readonly faults?: {
    readonly requests?: readonly RequestFault[];
    readonly activities?: readonly ActivityFault[];
    readonly store?: StoreFaults;
    /** Where the server crashes, by commit of its journal. */
    readonly crash?: CrashPoint;
  };
  /** Names of child workflows that are not run: they complete as soon as they are started. */
  readonly stubs?: readonly string[];
  /** The engine's limits. Default: those of a server. */
  readonly limits?: EngineLimitOptions;
  /** Hear what the engine does, as those of a server do: traces, for example. Default: nobody does. */
  readonly observers?: readonly EngineObserver[];
}
