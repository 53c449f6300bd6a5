import type { DeployedModule, WorkflowHandle, WorkflowInfo } from "@flawless-ts/sdk";
import type { FixtureName } from "@flawless-ts/test-helpers/fixtures";
import type { TestEnvironment } from "../environment/test-environment.ts";
import type { TestEnvironmentOptions } from "../environment/test-environment-options.ts";

/** What a scenario can use. */
export interface Stage {
  readonly module: DeployedModule;
  /** The URL of the outside world, without a slash at the end. */
  readonly world: string;
  /** Settled when this many requests have arrived there. */
  arrived(count: number): Promise<void>;
  /** A workflow and its children, which follow it, once this many have ended. */
  ended(run: WorkflowHandle, count: number): Promise<readonly WorkflowInfo[]>;
}

/** One promise that Flawless makes to guests, on any environment: in this process or on a server. */
export interface Scenario {
  readonly name: string;
  /** The fixture to deploy. Default `conformance`. */
  readonly fixture?: FixtureName;
  /** The result of `play`; may contain Vitest's matchers. A crash anywhere must not change it. */
  readonly expected: unknown;
  /** The requests that arrive outside, as "METHOD /path body", sorted. Default: none. */
  readonly requests?: readonly string[];
  /** The max memory of a workflow in process, in bytes; a server has {@link serverMemoryBytes}. Default: the engine's. */
  readonly memoryBytes?: number;
  play(stage: Stage): Promise<unknown>;
}

/** What a scenario can do only with an engine in this process. */
export interface InProcessStage extends Stage {
  readonly env: TestEnvironment;
}

/** A scenario that skips time, crashes, or does something that no client of a server can. */
export interface InProcessScenario extends Omit<Scenario, "play"> {
  readonly environment?: Pick<TestEnvironmentOptions, "autoSkip" | "faults" | "stubs">;
  play(stage: InProcessStage): Promise<unknown>;
}

/** The secrets of every environment. */
export const secrets: Readonly<Record<string, string>> = { token: "hush" };

/** The limit `memoryBytes` of every server: enough for each fixture, and soon used up. */
export const serverMemoryBytes = 16 * 2 ** 20;
