import { describe, expect, test } from "vitest";
import { memoryModes, TestEngine, type TestEngineOptions } from "../../testing/test-engine.ts";

type Step = { readonly ask: readonly [string, unknown] } | { readonly call: unknown };

const receive: Step = { call: { RecvMessage: [null, ["end"]] } };
const result = (id: string): object => ({ kind: "result", id });
const run = (id: string): Step => ({ ask: ["run", result(id)] });
const begin = (operation: number, id: string): Step => ({
  ask: ["begin", { operation, ...result(id) }],
});
const wait = (...operations: readonly number[]): Step => ({ ask: ["wait", { operations }] });
const message = ["end", "1"];

function open(options: TestEngineOptions = {}): Promise<TestEngine> {
  return TestEngine.open({ module: "extensions", ...options });
}

async function answers(engine: TestEngine, id: string): Promise<readonly unknown[]> {
  return JSON.parse((await engine.end(id)).response ?? "null") as readonly unknown[];
}

describe.each(memoryModes)(
  "a workflow that waits for another workflow's result, $mode",
  ({ limits }) => {
    test("gets its response once it has ended, alone or beside other operations", async () => {
      await using engine = await open({ limits });
      const other = await engine.launch("script", [receive]);
      const alone = await engine.launch("script", [run(other)]);
      const beside = await engine.launch("script", [
        begin(1, other),
        { ask: ["begin", { operation: 2, kind: "sleep", ms: 10 }] },
        wait(1, 2),
        wait(1),
      ]);
      await engine.pass(10);
      expect((await engine.info(alone)).waiting).toMatchObject({ on: "operations", count: 1 });
      await engine.send(other, "end", 1);
      const ended = { status: "completed", response: [{ Message: message }] };
      expect(await answers(engine, alone)).toEqual([{ status: 200, body: ended }]);
      expect((await answers(engine, beside)).slice(2)).toMatchObject([
        { body: { operation: 2 } },
        { body: { operation: 1, result: ended } },
      ]);
    });

    test("continues to wait after a crash, even if the other one has ended meanwhile", async () => {
      await using before = await open({ limits });
      const other = await before.launch("script", [receive]);
      const alone = await before.launch("script", [run(other)]);
      const beside = await before.launch("script", [begin(1, other), wait(1)]);
      await using between = await before.restart();
      await between.engine.whenIdle();
      expect(await between.status(alone)).toBe("running");
      await between.engine.send(other, "end", "1");
      await using after = await between.restart();
      const ended = { status: "completed", response: [{ Message: message }] };
      expect(await answers(after, alone)).toMatchObject([{ body: ended }]);
      expect((await answers(after, beside))[1]).toMatchObject({ body: { result: ended } });
    });

    test("is told that it failed, was terminated or doesn't exist", async () => {
      await using engine = await open({ limits });
      const error = { name: "Declined", message: "no", cause: { name: "E", message: "why" } };
      const failed = await engine.launch("script", [{ ask: ["fail", { error }] }]);
      const ended = await engine.launch("script", [receive]);
      await engine.engine.terminate(ended);
      const id = await engine.launch("script", [run(failed), run(ended), run("wkf_1"), run("x")]);
      expect(await answers(engine, id)).toMatchObject([
        { body: { status: "failed", error: { code: "THROWN", ...error } } },
        { body: { status: "cancelled" } },
        { body: { status: "failed", error: { code: "WORKFLOW_NOT_FOUND" } } },
        { body: { status: "failed", error: { code: "WORKFLOW_NOT_FOUND" } } },
      ]);
    });

    test("can stop waiting, or be ended", async () => {
      await using engine = await open({ limits });
      const other = await engine.launch("script", [receive]);
      const id = await engine.launch("script", [
        begin(1, other),
        { ask: ["abort", { operation: 1 }] },
        wait(1),
      ]);
      expect(await answers(engine, id)).toMatchObject([{}, {}, { status: 404 }]);
      const waits = await engine.launch("script", [run(other)]);
      await engine.engine.terminate(waits);
      await engine.send(other, "end", 1);
      expect(await engine.status(waits)).toBe("cancelled");
    });
  },
);

test("a workflow can't wait for itself", async () => {
  await using engine = await open();
  const id = await engine.launch("script", [
    { ask: ["info", {}] },
    { ask: ["run", result("$0.body.id")] },
    { ask: ["begin", { operation: 1, ...result("$0.body.id") }] },
    { ask: ["run", { kind: "result" }] },
  ]);
  expect((await answers(engine, id)).slice(1)).toMatchObject([
    { status: 400 },
    { status: 400 },
    { status: 400 },
  ]);
});
