import { describe, expect, test } from "vitest";
import { crashedRuns } from "../../testing/crash-sweep.ts";
import { memoryModes, TestEngine, type TestEngineOptions } from "../../testing/test-engine.ts";

type Step = { readonly ask: readonly [string, unknown] } | { readonly call: unknown };

const labels = (body: unknown): Step => ({ ask: ["labels", body] });
const pause: Step = { call: { Sleep: { secs: 0, nanos: 5_000_000 } } };
const refused = (status: number, code: string): object => ({ status, body: { error: { code } } });

function open(options: TestEngineOptions = {}): Promise<TestEngine> {
  return TestEngine.open({ module: "extensions", ...options });
}

function many(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]));
}

describe("labels of a workflow", () => {
  test.each(memoryModes)("are changed by it and returned to it, $mode", async ({ limits }) => {
    await using engine = await open({ limits });
    const { id } = await engine.engine.start(
      {
        module: "extensions",
        version: "1.0.0",
        workflow: "script",
        input: JSON.stringify([
          labels({ set: { stage: "paid", "a/b": "" }, remove: ["draft", "unknown"] }),
          pause,
          labels({}),
          labels({ set: { stage: "sent" } }),
        ]),
        labels: { draft: "yes", customer: "c-7" },
        serverLabels: { "flawless:schedule": "daily" },
      },
      { detached: true },
    );
    const before = { "a/b": "", customer: "c-7", "flawless:schedule": "daily", stage: "paid" };
    await engine.engine.whenIdle();
    expect((await engine.info(id)).labels).toEqual(before);
    await engine.pass(5);
    const after = { ...before, stage: "sent" };
    expect(await engine.response(id)).toMatchObject([
      { status: 200, body: { labels: before } },
      expect.anything(),
      { body: { labels: before } },
      { body: { labels: after } },
    ]);
    expect((await engine.engine.list()).workflows[0]?.labels).toEqual(after);
  });

  test("are refused if they are invalid, too many or reserved for the server", async () => {
    await using engine = await open({ secrets: { key: "hunter2" } });
    const wrong: readonly unknown[] = [
      { set: { "": "x" } },
      { set: { ["k".repeat(65)]: "x" } },
      { set: { "two words": "x" } },
      { set: { k: 7 } },
      { set: { k: "v".repeat(257) } },
      { set: { k: "a\nb" } },
      { set: { "flawless:x": "x" } },
      { remove: ["flawless:x"] },
      { remove: [7] },
      { set: [] },
      { set: many(17) },
      { set: { k: "my hunter2" } },
      [],
    ];
    const id = await engine.launch("script", [
      ...wrong.map(labels),
      labels({ set: { ...many(16), k0: "v".repeat(256) } }),
      labels({ set: { k16: "v" } }),
      labels({ set: { k16: "v" }, remove: ["k0"] }),
    ]);
    expect(await engine.response(id)).toMatchObject([
      ...wrong.map(() => refused(400, "INVALID_REQUEST")),
      { status: 200 },
      refused(413, "LIMIT_REACHED"),
      { status: 200 },
    ]);
    expect(Object.keys((await engine.info(id)).labels)).toHaveLength(16);
  });

  test("of children are the ones that they are started with", async () => {
    await using engine = await open();
    const child = { workflow: "script", input: [], labels: { customer: "c-7" } };
    const id = await engine.launch("script", [
      { ask: ["start", child] },
      { ask: ["start", { ...child, labels: { "flawless:x": "" } }] },
    ]);
    const [started, second] = (await engine.response(id)) as readonly { body: { id: string } }[];
    expect((await engine.info(started?.body.id ?? "")).labels).toEqual({ customer: "c-7" });
    expect(second).toMatchObject(refused(400, "INVALID_REQUEST"));
  });

  test.each([
    [{ "flawless:schedule": "daily" }, "are the server's"],
    [{ "": "x" }, "1 to 64"],
    [many(17), "at most 16"],
  ])("that no caller can set refuse the start", async (wrong, message) => {
    await using engine = await open();
    const start = engine.engine.start({
      module: "extensions",
      version: "1.0.0",
      workflow: "script",
      input: "[]",
      labels: wrong,
    });
    await expect(start).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining(message) as string,
    });
    expect((await engine.engine.list()).workflows).toEqual([]);
  });

  test("match the durable steps, whenever a crash happens", async () => {
    const input = [labels({ set: { n: "1" } }), pause, labels({ set: { n: "2" }, remove: ["m"] })];
    const runs = await crashedRuns({ module: "extensions", workflow: "script", input });
    expect(runs.length).toBeGreaterThan(2);
    for (const { where, workflow } of runs) {
      expect(workflow, where).toMatchObject({ status: "completed", labels: { n: "2" } });
    }
  });
});
