// Everything the clients do, as one program for every platform: it is run unchanged, bundled, and loaded by a page. So
// it takes everything as an argument, returns its result as JSON, and uses no syntax newer than the platforms.
import { Flawless } from "@flawless-ts/sdk";
import { WorkflowClient } from "@flawless-ts/sdk/client";
import { type Servers, workflowScenario } from "./workflow-scenario.ts";

/** The input of the scenario. */
export interface ScenarioInput extends Servers {
  /** Where the module `conformance` can be fetched. */
  readonly moduleUrl: string;
}

/** The result, the same everywhere except for `dead`, because browsers don't say what went wrong. */
export type ScenarioResult = Readonly<Record<string, unknown>>;

/** Runs the scenario. */
export async function scenario(input: ScenarioInput): Promise<ScenarioResult> {
  const { url, token } = input;
  const flawless = new Flawless({ url, token });
  const bytes = await (await fetch(input.moduleUrl)).arrayBuffer();
  const { name, version } = await flawless.deploy(bytes);
  const result = {
    deployed: [name, version],
    listed: (await flawless.listModules()).map((module) => module.name),
    hasVersion: (await flawless.version()) !== "",
    flawless: await workflowScenario(Flawless, input, "once"),
    workflowClient: await workflowScenario(WorkflowClient, input, "twice"),
  };
  await flawless.close();
  return result;
}
