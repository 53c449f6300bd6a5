import { children, stubbedChildren } from "./children.ts";
import { crashes, interruptions } from "./crashes.ts";
import { failures } from "./failures.ts";
import { http, realTransportErrors, transportErrors } from "./http.ts";
import { messages, timedMessages } from "./messages.ts";
import { rawCalls } from "./raw-calls.ts";
import type { InProcessScenario, Scenario } from "./scenario.ts";
import { exactInputs, signatures } from "./signatures.ts";
import { longSleeps, values } from "./values.ts";

/** Scenarios that hold everywhere. */
const portableScenarios: readonly Scenario[] = [
  ...signatures,
  ...values,
  ...rawCalls,
  ...messages,
  ...children,
  ...failures,
  ...http,
  ...exactInputs,
];

/** Scenarios that depend on the release of the crates that a module was built with. */
const olderCrates = (["conformance_beta1", "conformance_beta2"] as const).flatMap((fixture) =>
  http.map((scenario) => ({ ...scenario, fixture, name: `${fixture}: ${scenario.name}` })),
);

/**
 * All scenarios for a server. Only those are missing that use what a test environment has and a server has not: a clock
 * that skips, crashes at a chosen step, injected faults, stubs, and the lines that guests log as a list.
 */
export const serverScenarios: readonly Scenario[] = [
  ...portableScenarios,
  ...olderCrates,
  ...realTransportErrors,
];

/** Scenarios that a crash at any moment must not change. */
export const sweptScenarios: readonly InProcessScenario[] = [
  ...portableScenarios,
  ...longSleeps,
  ...timedMessages,
  ...stubbedChildren,
  ...transportErrors,
  ...crashes,
];

/** All scenarios for an engine in this process. */
export const inProcessScenarios: readonly InProcessScenario[] = [
  ...sweptScenarios,
  ...interruptions,
];
