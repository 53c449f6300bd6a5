import { describe, expect, test } from "vitest";
import { crashedRuns } from "../../testing/crash-sweep.ts";
import { memoryModes, TestEngine } from "../../testing/test-engine.ts";

const publish = (value: unknown): unknown => ({ ask: ["state", { value }] });
/** The published state according to a journal's steps. */
function lastPublished(lines: string): string | undefined {
  const call = lines.split("\n").findLast((line) => line.includes("flawless:v1/state"));
  const body = /"body":"([^"]*)"/.exec(call ?? "")?.[1];
  if (body === undefined) {
    return undefined;
  }
  const { value } = JSON.parse(Buffer.from(body, "base64").toString()) as { value: unknown };
  return JSON.stringify(value);
}

const pause = { call: { Sleep: { secs: 0, nanos: 5_000_000 } } };

describe("a workflow's published state", () => {
  test.each(memoryModes)(
    "can be read while it runs and after its end, $mode",
    async ({ limits }) => {
      await using engine = await TestEngine.open({ module: "extensions", limits });
      const id = await engine.launch("script", [
        publish({ big: [1, null], step: 1 }),
        pause,
        publish(null),
        pause,
        publish("done"),
      ]);
      const seen = [await engine.engine.state(id)];
      for (let time = 0; time < 2; time += 1) {
        await engine.pass(5);
        seen.push(await engine.engine.state(id));
      }
      expect(seen).toEqual(['{"big":[1,null],"step":1}', "null", '"done"']);
      expect((await engine.end(id)).status).toBe("completed");
    },
  );

  test("is null if nothing was published, and an error if there is no such workflow", async () => {
    await using engine = await TestEngine.open({ module: "extensions" });
    const id = await engine.launch("script", []);
    expect(await engine.engine.state(id)).toBeNull();
    await expect(engine.engine.state("wkf_1")).rejects.toMatchObject({
      code: "WORKFLOW_NOT_FOUND",
    });
  });

  test("keeps the previous value if a new one is too large or missing", async () => {
    await using engine = await TestEngine.open({
      module: "extensions",
      limits: { stateBytes: 10 },
    });
    const id = await engine.launch("script", [
      publish("ääää"),
      publish("äääää"),
      { ask: ["state", {}] },
    ]);
    expect(await engine.response(id)).toMatchObject([
      { status: 200, body: {} },
      { status: 413, body: { error: { code: "LIMIT_REACHED" } } },
      { status: 400, body: { error: { code: "INVALID_REQUEST" } } },
    ]);
    expect(await engine.engine.state(id)).toBe('"ääää"');
  });

  test("may be 64 KiB large", async () => {
    await using engine = await TestEngine.open({ module: "extensions" });
    const id = await engine.launch("script", [
      publish("x".repeat(65_534)),
      publish("x".repeat(65_535)),
    ]);
    expect(await engine.response(id)).toMatchObject([{ status: 200 }, { status: 413 }]);
  });

  test("matches the durable steps, whenever a crash happens", async () => {
    const input = [publish(1), pause, publish(2), pause, publish(3)];
    const runs = await crashedRuns({ module: "extensions", workflow: "script", input });
    expect(runs.length).toBeGreaterThan(2);
    for (const { where, workflow, run } of runs) {
      expect(workflow.status, where).toBe("completed");
      expect(run.notes, where).toEqual({ state: "3" });
      expect(run.atCrash.notes["state"], where).toBe(lastPublished(run.atCrash.lines));
    }
  });
});
