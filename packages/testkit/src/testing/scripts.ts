import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import type { TestEnvironment } from "../environment/test-environment.ts";
import type { TestRun } from "../environment/test-module.ts";

/** A call of the activity `charge` of the queue `orders`. */
export const charge = { kind: "activity", queue: "orders", name: "charge", input: { order: 7 } };

/** A script of the fixture `extensions` that runs operations, one after the other. */
export function operations(...bodies: readonly object[]): unknown {
  return bodies.map((body) => ({ ask: ["run", body] }));
}

/** A receive of one message. */
export function receive(type: string): object {
  return { call: { RecvMessage: [null, [type]] } };
}

/** Starts a script of the fixture `extensions`. */
export async function startScript(env: TestEnvironment, script: unknown): Promise<TestRun> {
  const module = await env.deploy(fixtureBytes("extensions"));
  return await module.start("script", script);
}

/** The results of a script's operations. */
export async function resultsOf(run: TestRun): Promise<readonly unknown[]> {
  const answers = (await run.response()) as readonly { readonly body: unknown }[];
  return answers.map(({ body }) => body);
}
