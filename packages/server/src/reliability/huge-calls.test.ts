import { readFileSync } from "node:fs";
import type { DeployedModule } from "@flawless-ts/sdk";
import { WorkflowFailedError } from "@flawless-ts/sdk";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterAll, beforeAll, expect, onTestFailed, test } from "vitest";
import { ServerProcess } from "./server-process.ts";

/** An input can't cause calls of a hundred megabytes, but these are far beyond every limit as well. */
const types = 2_000_000;
const workflows = 6;
const processMemoryBytes = 768 * 2 ** 20;

let server: ServerProcess;
let module: DeployedModule;

beforeAll(async () => {
  server = await ServerProcess.start({
    parameters: [
      "--limit",
      `processMemoryBytes=${processMemoryBytes}`,
      "--limit",
      "jsonBytes=64Mi",
    ],
  });
  module = await server.flawless.deploy(fixtureBytes("raw_calls"));
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

function peakResidentBytes(): number {
  const status = readFileSync(`/proc/${server.pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1_024;
}

async function failureOf(call: string): Promise<unknown> {
  const error = await module
    .execute("submit", { input: call })
    .catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  const { workflowId } = error as WorkflowFailedError;
  return (await server.flawless.workflow(workflowId ?? "").info()).error;
}

test.runIf(process.platform === "linux")(
  "only workflows that wait for millions of message types fail, and no list grows because of them",
  async () => {
    onTestFailed(() => console.error(`the server wrote:\n${server.output}`));
    const call = `{"RecvMessage":[null,[${"1,".repeat(types)}"a"]]}`;
    for (let n = 0; n < workflows; n += 1) {
      expect(await failureOf(call)).toMatchObject({ code: "CALL_LIMIT" });
    }
    const list = await fetch(`${server.url}/api/workflows?limit=1000`);

    expect((await list.text()).length).toBeLessThan(100_000);
    expect(peakResidentBytes()).toBeLessThan(1.2 * processMemoryBytes);
    expect((await server.flawless.health()).status).toBe("ok");
  },
);
