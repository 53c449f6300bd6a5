import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { WorkflowHistory } from "@flawless-ts/sdk";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { TestEnvironment } from "../environment/test-environment.ts";
import { readHistory, writeHistory } from "./history-file.ts";
import { replayHistory } from "./replay-history.ts";

const conformance = fixtureBytes("conformance");

async function historyOf(
  workflow: string,
  input: unknown,
  build: Uint8Array = conformance,
): Promise<WorkflowHistory> {
  await using env = await TestEnvironment.create({ http: { "*": { body: "fine" } } });
  const module = await env.deploy(build);
  const run = await module.start(workflow, input);
  await env.settle();
  if ((await run.info()).waiting?.on !== "message") {
    await run.completion();
  }
  // Awaited here: the environment is disposed on return.
  return await run.history();
}

async function temporaryFile(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "flawless-history-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return join(directory, "history.json");
}

describe("replayHistory", () => {
  test.for([
    ["ten_steps", null],
    ["sleep_steps", { count: 3, ms: 1000 }],
    ["panic_after_response", null],
    ["http", { method: "GET", url: "http://shop.example/", headers: [] }],
  ] as const)("goes the same way on the same build: %s", async ([workflow, input]) => {
    const history = await historyOf(workflow, input);
    expect(await replayHistory(conformance, history)).toEqual({ steps: history.steps.length });
  });

  test.for([
    ["conformance_beta1", "conformance"],
    ["conformance", "conformance_beta2"],
  ] as const)(
    "of %s goes the same way on %s, whose crate spells bodies in another way",
    async ([from, to]) => {
      const input = { method: "POST", url: "http://shop.example/", body: "an order" };
      const history = await historyOf("http", input, fixtureBytes(from));
      const report = await replayHistory(fixtureBytes(to), history);
      expect(report).toEqual({ steps: history.steps.length });
    },
  );

  test("replays a workflow that still waits", async () => {
    const history = await historyOf("receive", null);
    expect(history.status).toBe("running");
    expect(await replayHistory(conformance, history)).toEqual({ steps: history.steps.length });
  });

  test("keeps 64-bit integers exact through a file", async () => {
    const history = await historyOf("randoms", null);
    const file = await temporaryFile();
    await writeHistory(file, history);
    expect(await replayHistory(conformance, file)).toEqual({ steps: history.steps.length });
    const answers = (await readHistory(file)).steps.map(({ answer }) => answer);
    const i64 = answers.find(
      (answer) =>
        (answer as { Value?: object })?.Value !== undefined &&
        "I64" in (answer as { Value: object }).Value,
    ) as { Value: { I64: bigint | number } };
    expect(
      history.steps.some(({ answer }) => answer === `{"Value":{"I64":${i64.Value.I64}}}`),
    ).toBe(true);
  });

  test("reports the step, what was recorded and what came", async () => {
    const history = await historyOf("sleep_steps", { count: 3, ms: 1000 });
    const steps = history.steps.map((step) =>
      step.step === 3 ? { ...step, call: '{"Sleep":{"secs":2,"nanos":0}}' } : step,
    );
    await expect(replayHistory(conformance, { ...history, steps })).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_REPLAY_MISMATCH",
      message: expect.stringMatching(/step 3.*"secs":2.*"secs":1/s),
    });
  });

  test("notices a build that does more, or less, than was recorded", async () => {
    const history = await historyOf("ten_steps", null);
    const shorter = { ...history, steps: history.steps.slice(0, -1) };
    await expect(replayHistory(conformance, shorter)).rejects.toThrow("after step");
    const extra = {
      ...(history.steps.at(-1) as WorkflowHistory["steps"][number]),
      call: '"TimeNow"',
    };
    const longer = { ...history, steps: [...history.steps, extra] };
    await expect(replayHistory(conformance, longer)).rejects.toThrow('recorded was "TimeNow"');
  });

  test("refuses something that isn't a history", async () => {
    const file = await temporaryFile();
    await writeFile(file, "{}");
    await expect(replayHistory(conformance, file)).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_INVALID_HISTORY",
    });
    await writeFile(file, "no JSON");
    await expect(replayHistory(conformance, file)).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_INVALID_HISTORY",
    });
  });
});
