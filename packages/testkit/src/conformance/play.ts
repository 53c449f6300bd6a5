import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import type { WorkflowHandle, WorkflowInfo } from "@flawless-ts/sdk";
import type { TestEnvironment } from "../environment/test-environment.ts";
import type { TestEnvironmentOptions } from "../environment/test-environment-options.ts";
import { familyOf } from "./observed.ts";
import { secrets, type InProcessScenario } from "./scenario.ts";
import { inProcessHandler, inProcessWorld, requestLine } from "./world.ts";

/** The options of an in-process environment for the scenario. */
export function environmentOf({
  environment,
  memoryBytes,
}: InProcessScenario): TestEnvironmentOptions {
  return {
    ...environment,
    limits: memoryBytes === undefined ? {} : { memoryBytes },
    secrets,
    http: inProcessHandler(),
  };
}

/**
 * Plays a scenario in process.
 *
 * @param bytes the module; default: the scenario's fixture.
 */
export async function playInProcess(
  { fixture = "conformance", play }: InProcessScenario,
  env: TestEnvironment,
  bytes: Uint8Array = fixtureBytes(fixture),
): Promise<unknown> {
  const module = await env.deploy(bytes);
  const arrived = async (count: number): Promise<void> => {
    await env.settle();
    if (env.requests.length < count) {
      throw new Error(`expected ${count} requests, but only ${env.requests.length} arrived`);
    }
  };
  const ended = async (run: WorkflowHandle, count: number): Promise<readonly WorkflowInfo[]> => {
    await env.settle();
    const family = familyOf(run, await env.workflows());
    if (family.filter(({ endedAt }) => endedAt !== null).length < count) {
      throw new Error(`expected ${count} workflows to end, but got ${JSON.stringify(family)}`);
    }
    return family;
  };
  return await play({ env, module, world: inProcessWorld, arrived, ended });
}

/** The requests that left an in-process environment. */
export function requestLines({ requests }: TestEnvironment): readonly string[] {
  return requests.map(({ method, url, text }) => requestLine(method, new URL(url).pathname, text));
}
