import { describe, expect, test } from "vitest";
import { replayHistory } from "../../engine/reading/replay-history.ts";
import { crashedRuns } from "../../testing/crash-sweep.ts";
import { memoryModes, sharedExecutors, TestEngine } from "../../testing/test-engine.ts";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";

const declined = {
  name: "CardDeclined",
  message: "The card was declined.",
  stack: "CardDeclined: The card was declined.\n    at charge (orders.ts:12:3)",
  cause: { name: "Error", message: "Connection reset." },
};
const kept = {
  ...declined,
  cause: { name: "Error", message: "Connection reset.", stack: null, cause: null, errors: [] },
  errors: [],
};

const fail = (error: unknown): unknown => ({ ask: ["fail", { error }] });
const after = { call: { Log: ["Info", "it went on"] } };

async function failed(error: unknown, options = {}): Promise<unknown> {
  await using engine = await TestEngine.open({ module: "extensions", ...options });
  const id = await engine.launch("script", [fail(error), { ask: ["info", {}] }]);
  const info = await engine.end(id);
  expect(info.status).toBe("failed");
  return info.error;
}

describe("a workflow that fails with an error", () => {
  test("ends there, and reports the error with its cause", async () => {
    await using engine = await TestEngine.open({ module: "extensions" });
    const id = await engine.launch("script", [fail(declined), { ask: ["info", {}] }]);

    expect(await engine.end(id)).toMatchObject({
      status: "failed",
      waiting: null,
      error: { code: "THROWN", message: "CardDeclined: The card was declined.", thrown: kept },
    });
    const steps = await engine.steps(id);
    expect(steps.at(-1)).toMatchObject({ answer: null });
    expect(steps.at(-1)?.call).toContain("flawless:v1/fail");
    await expect(
      engine.startText("script", JSON.stringify([fail(declined)])),
    ).rejects.toMatchObject({
      code: "WORKFLOW_FAILED",
      message: "CardDeclined: The card was declined.",
    });
  });

  test("reports the errors of an AggregateError", async () => {
    const errors = [{ name: "A", message: "1" }, { name: "B", message: "2" }, "no error", null];
    expect(await failed({ name: "AggregateError", message: "", errors })).toMatchObject({
      message: "AggregateError",
      thrown: { errors: [{ name: "A" }, { name: "B" }] },
    });
  });

  test("may omit what it doesn't know", async () => {
    expect(await failed({})).toEqual({
      code: "THROWN",
      message: "Error",
      thrown: { name: "Error", message: "", stack: null, cause: null, errors: [] },
    });
  });

  test("is truncated, however much it reports", async () => {
    const text = `${"x".repeat(16_383)}\u{1f600}`;
    let chain: object = { name: "End", message: "" };
    for (let depth = 0; depth < 30; depth += 1) {
      chain = { name: "n".repeat(300), message: text, stack: text, cause: chain };
    }
    const error = { ...chain, errors: Array.from({ length: 1_000 }, () => ({ name: "E" })) };
    const told = JSON.stringify(await failed(error));
    expect(told.length).toBeLessThan(100_000);
    expect(told.match(/"cause"/g)?.length).toBeLessThanOrEqual(20);
    expect(told.isWellFormed()).toBe(true);
  });

  test.each([
    ["a text", { error: "boom" }],
    ["nothing", {}],
    ["a list", { error: [] }],
  ])("can't fail with %s, and continues", async (_what, body) => {
    await using engine = await TestEngine.open({ module: "extensions" });
    const id = await engine.launch("script", [{ ask: ["fail", body] }]);
    expect(await engine.response(id)).toMatchObject([
      { status: 400, body: { error: { code: "INVALID_REQUEST" } } },
    ]);
  });

  test("reveals no secret", async () => {
    const error = {
      name: "hunter2",
      message: "hunter2",
      stack: "at hunter2",
      cause: { name: "hunter2", message: "hunter2" },
      errors: [{ name: "E", message: "hunter2" }],
    };
    const told = JSON.stringify(await failed(error, { secrets: { KEY: "hunter2" } }));
    expect(told).not.toContain("hunter2");
  });

  test.each(memoryModes)("fails once, whenever a crash happens, $mode", async ({ limits }) => {
    const input = [{ call: { Sleep: { secs: 0, nanos: 1_000_000 } } }, fail(declined), after];
    const swept = { module: "extensions", workflow: "script", input, limits } as const;
    const runs = await crashedRuns(swept);
    expect(runs.length).toBeGreaterThan(2);
    for (const { where, workflow } of runs) {
      expect(workflow.error, where).toMatchObject({ code: "THROWN", thrown: kept });
    }
  });

  test("is the same in a replay of its history, unless a new build behaves differently", async () => {
    await using engine = await TestEngine.open({ module: "extensions" });
    const id = await engine.launch("script", [fail(declined)]);
    const history = await engine.engine.journal(id);
    const replayed = (changed: object): Promise<{ readonly mismatch: string | null }> =>
      replayHistory(fixtureBytes("extensions"), { ...history, ...changed }, sharedExecutors());
    expect(await replayed({})).toEqual({ steps: history.steps.length, mismatch: null });
    const steps = history.steps.map((step, index) =>
      index === 0 ? { ...step, answer: '{"String":"[]"}' } : step,
    );
    expect((await replayed({ steps })).mismatch).toContain("replay took another way");
  });
});
