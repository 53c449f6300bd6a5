import { describeUnless } from "@flawless-ts/test-helpers";
import { fixturePath } from "@flawless-ts/test-helpers/fixtures";
import { beforeAll, expect, onTestFailed, onTestFinished, test } from "vitest";
import {
  buildRustClient,
  missingForRustClient,
  runRustClient,
  type ClientRun,
} from "./rust-client.ts";
import { ServerProcess, type ServerProcessOptions } from "./server-process.ts";

const buildTimeoutMs = 900_000;
const modulePath = fixturePath("conformance");
const token = "a-token-for-the-rust-client";

// In CI nothing may be missing: otherwise the build fails and says why.
const missing = process.env["CI"] ? null : await missingForRustClient();

let program: string;

describeUnless(missing, "the public Rust client", () => {
  beforeAll(async () => {
    program = await buildRustClient();
  }, buildTimeoutMs);

  test.each([
    ["without a token", null],
    ["with a token", token],
  ])("deploys, starts and sends %s", async (_name, shown) => {
    const server = await startServer(shown === null ? {} : { token: shown });
    const run = await runRustClient(program, { url: server.url, token: shown, modulePath });
    expectAllSteps(run);

    const { workflows } = await server.flawless.listWorkflows({
      workflow: "receive_after_response",
    });
    const received = server.flawless.workflow(workflows[0]?.id ?? "");
    expect(await received.completion()).toEqual({ status: "completed" });
    // The same bytes may be deployed again.
    expectAllSteps(await runRustClient(program, { url: server.url, token: shown, modulePath }));
  });

  test.each([
    ["no token", null],
    ["another token", "not-the-token"],
  ])("is refused by a server with a token if it sends %s", async (_name, shown) => {
    const server = await startServer({ token });

    expect(await runRustClient(program, { url: server.url, token: shown, modulePath })).toEqual({
      exitCode: 1,
      steps: [{ step: "deploy", error: expect.stringContaining("token") }],
    });
    expect(await server.flawless.listModules()).toEqual([]);
  });
});

async function startServer(options: ServerProcessOptions): Promise<ServerProcess> {
  const server = await ServerProcess.start(options);
  onTestFinished(() => server[Symbol.asyncDispose]());
  onTestFailed(() => console.error(`the server wrote:\n${server.output}`));
  return server;
}

function expectAllSteps(run: ClientRun): void {
  const id = expect.stringMatching(/^wkf_\w+$/);
  expect(run).toEqual({
    exitCode: 0,
    steps: [
      { step: "deploy", ok: null },
      { step: "start add", ok: { id, response: 5 } },
      { step: "start plain", ok: { id, response: null } },
      { step: "start panic_before_response", error: expect.stringContaining("on purpose") },
      { step: "start no_such_workflow", error: expect.stringContaining("no_such_workflow") },
      { step: "start receive_after_response", ok: { id, response: "waiting" } },
      { step: "send approve", ok: null },
      { step: "send finish", ok: null },
    ],
  });
}
