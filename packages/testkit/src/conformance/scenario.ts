import type { DeployedModule } from "@flawless-ts/sdk";
import type { FixtureName } from "@flawless-ts/test-helpers/fixtures";
import type { TestEnvironment } from "../environment/test-environment.ts";
import type { TestEnvironmentOptions } from "../environment/test-environment-options.ts";

/** What a scenario plays with. */
export interface Stage {
  readonly module: DeployedModule;
  /** Where the outside world is, without a slash at the end. */
  readonly world: string;
  /** Settled when so many requests have arrived there. */
  arrived(count: number): Promise<void>;
}

/** One promise that Flawless makes to guests, on any environment: in this process or on a server. */
export interface Scenario {
  readonly name: string;
  /** The fixture to deploy. Default `conformance`. */
  readonly fixture?: FixtureName;
  /** What `play` gives; vitest's matchers are welcome. A crash anywhere must not change it. */
  readonly expected: unknown;
  /** What arrives outside, as "METHOD /path body", sorted. Default: nothing. */
  readonly requests?: readonly string[];
  play(stage: Stage): Promise<unknown>;
}

/** What only an engine in this process lets a scenario do. */
export interface InProcessStage extends Stage {
  readonly env: TestEnvironment;
}

/** A scenario that skips time, crashes, or does what no client of a server can. */
export interface InProcessScenario extends Omit<Scenario, "play"> {
  readonly environment?: Pick<TestEnvironmentOptions, "autoSkip" | "faults" | "limits" | "stubs">;
  play(stage: InProcessStage): Promise<unknown>;
}

/** The secrets of every environment. */
export const secrets: Readonly<Record<string, string>> = { token: "hush" };
