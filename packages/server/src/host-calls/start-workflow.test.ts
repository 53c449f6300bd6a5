import { describe, expect, test } from "vitest";
import { fromPublicId } from "../workflow/workflow-id.ts";
import { memoryModes, TestEngine } from "../testing/test-engine.ts";

const childInput = { url: "http://site/child", body: "from the child" };

describe.each(memoryModes)("$mode", ({ limits }) => {
  test("a child runs on its own, with its input, in the same module", async () => {
    await using engine = await TestEngine.open({ limits });
    const parent = await engine.launch("start_child", childInput);
    await engine.requests(1);
    const parentInfo = await engine.end(parent);
    const [child] = (await engine.engine.list({ workflow: "child" })).workflows;
    const childInfo = await engine.end(child?.id ?? "");

    expect(parentInfo).toMatchObject({ status: "completed", response: "true", parent: null });
    expect(childInfo).toMatchObject({
      status: "completed",
      parent,
      module: "conformance",
      version: "1.0.0",
      moduleHash: parentInfo.moduleHash,
    });
    expect(engine.http.lines).toEqual(["POST /child from the child"]);
    expect((await engine.engine.journal(child?.id ?? "")).input).toBe(JSON.stringify(childInput));
  });

  test("the parent gets the child's number", async () => {
    await using engine = await TestEngine.open({ limits });
    const parent = await engine.launch("start_child", childInput);
    const [child] = (await engine.engine.list({ workflow: "child" })).workflows;
    const answer = (await engine.steps(parent)).find(({ call }) => call.includes("StartWorkflow"));

    expect(answer?.answer).toBe(`{"Value":{"I64":${fromPublicId(child?.id ?? "")}}}`);
  });

  test("a child survives its parent's end and a restart", async () => {
    await using before = await TestEngine.open({ limits });
    before.http.script = () => new Promise(() => undefined);
    const parent = await before.launch("start_child", childInput);
    await before.requests(1);
    expect(await before.status(parent)).toBe("completed");

    await using after = await before.restart();
    await after.engine.whenIdle();
    const [child] = (await after.engine.list({ workflow: "child" })).workflows;

    // Its request was in progress, and must not be sent twice.
    expect(await after.status(child?.id ?? "")).toBe("completed");
    expect(after.logLines).toEqual(["warn: child's request failed: RequestInterrupted"]);
    expect(after.http.lines).toHaveLength(1);
  });
});

describe("bypassing the crate", () => {
  const start = (name: string, input: string): { input: string } => ({
    input: JSON.stringify({ StartWorkflow: [name, input] }),
  });

  test("a child that the module doesn't have ends the parent", async () => {
    await using engine = await TestEngine.open({ module: "raw_calls" });

    await expect(engine.run("submit", start("nobody", "null"))).rejects.toMatchObject({
      code: "WORKFLOW_FAILED",
      message: 'the workflow started "nobody", but its module has no workflow of that name',
    });
    const { workflows } = await engine.engine.list();
    expect(workflows).toMatchObject([{ status: "failed", error: { code: "INVALID_CALL" } }]);
  });

  test("a child whose input is not JSON fails alone", async () => {
    await using engine = await TestEngine.open({ module: "raw_calls" });

    expect(await engine.run("submit", start("submit_bytes", "no JSON"))).toMatchObject({ code: 0 });
    await engine.engine.whenIdle();
    const { workflows } = await engine.engine.list();
    expect(workflows).toMatchObject([
      { workflow: "submit_bytes", status: "failed", error: { code: "PANIC" } },
      { workflow: "submit", status: "completed" },
    ]);
  });
});

describe("a stubbed child", () => {
  test("is completed as soon as it is started, and never runs", async () => {
    await using engine = await TestEngine.open({ stubbedWorkflows: new Set(["child"]) });
    const parent = await engine.launch("start_child", childInput);
    await engine.end(parent);

    expect((await engine.engine.list({ workflow: "child" })).workflows).toMatchObject([
      { status: "completed", parent, endedAt: "2026-01-02T03:04:05.000Z" },
    ]);
    expect(engine.http.sent).toEqual([]);
  });

  test("need not be in the module", async () => {
    await using engine = await TestEngine.open({
      module: "raw_calls",
      stubbedWorkflows: new Set(["elsewhere"]),
    });
    const input = JSON.stringify({ StartWorkflow: ["elsewhere", "null"] });

    expect(await engine.run("submit", { input })).toMatchObject({ code: 0 });
  });
});
