import { childRecords, children } from "./children.ts";
import { crashes, interruptions } from "./crashes.ts";
import { failures, limits } from "./failures.ts";
import { http, transportErrors } from "./http.ts";
import { earlyMessages, messages } from "./messages.ts";
import { rawCalls } from "./raw-calls.ts";
import type { InProcessScenario, Scenario } from "./scenario.ts";
import { exactInputs, signatures } from "./signatures.ts";
import { longSleeps, values } from "./values.ts";

/** Scenarios that hold on any server. */
export const portableScenarios: readonly Scenario[] = [
  ...signatures,
  ...values,
  ...rawCalls,
  ...messages,
  ...children,
  ...failures,
  ...http,
  ...exactInputs,
];

/** Scenarios that a crash at any moment must not change. */
export const sweptScenarios: readonly InProcessScenario[] = [
  ...portableScenarios,
  ...longSleeps,
  ...earlyMessages,
  ...childRecords,
  ...limits,
  ...transportErrors,
  ...crashes,
];

/** All scenarios for an engine in this process. */
export const inProcessScenarios: readonly InProcessScenario[] = [
  ...sweptScenarios,
  ...interruptions,
];
