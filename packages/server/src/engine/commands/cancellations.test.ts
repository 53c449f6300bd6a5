import { beforeAll, describe, expect, test } from "vitest";
import { buildFamilyModule } from "../../testing/family-module.ts";
import { TestEngine, type TestEngineOptions } from "../../testing/test-engine.ts";

const family = { module: "family", version: "1.0.0" };
let wasm: Uint8Array;

beforeAll(async () => {
  wasm = await buildFamilyModule();
});

async function openEngine(options: TestEngineOptions = {}): Promise<TestEngine> {
  const engine = await TestEngine.open(options);
  await engine.engine.deploy(wasm);
  return engine;
}

async function launch(engine: TestEngine, workflow: string, input = "null"): Promise<string> {
  const { id } = await engine.engine.start({ ...family, workflow, input }, { detached: true });
  await engine.engine.whenIdle();
  return id;
}

async function count(engine: TestEngine, status: "running" | "cancelled"): Promise<number> {
  return (await engine.engine.list({ status, limit: 1_000 })).workflows.length;
}

describe("a tree is terminated as a whole", () => {
  test("even if its root has ended, and after a restart", async () => {
    await using before = await openEngine();
    const root = await launch(before, "parent", "5");
    const other = await launch(before, "parent", "2");
    expect(await count(before, "running")).toBe(7);
    await using after = await before.restart();

    expect(await after.engine.end(root, "terminate", { tree: true })).toMatchObject({
      id: root,
      status: "completed",
    });

    expect(await count(after, "running")).toBe(2);
    expect(await count(after, "cancelled")).toBe(5);
    await after.engine.end(other, "terminate", { tree: true });
    expect(await count(after, "running")).toBe(0);
  });

  test("or asked to cancel as a whole, and ends by itself", async () => {
    await using engine = await openEngine();
    const root = await launch(engine, "parent", "5");
    await engine.engine.end(root, "cancel", { tree: true });
    await engine.engine.whenIdle();
    expect(await count(engine, "running")).toBe(0);
    expect(await count(engine, "cancelled")).toBe(5);
  });

  test("with all generations, while it continues to start others", async () => {
    await using engine = await openEngine({ limits: { descendants: 50, residentGuests: 10 } });
    const { id } = await engine.engine.start(
      { ...family, workflow: "bomb", input: "null" },
      { detached: true },
    );

    expect(await engine.engine.end(id, "terminate", { tree: true })).toMatchObject({ id });

    expect(await count(engine, "running")).toBe(0);
    expect(
      await engine.engine.start({ ...family, workflow: "ready", input: "null" }),
    ).toMatchObject({ response: '"ready"' });
  });

  test("twice, with the same result as once", async () => {
    await using engine = await openEngine();
    const root = await launch(engine, "parent", "1");
    await engine.engine.end(root, "terminate", { tree: true });
    await engine.engine.end(root, "terminate", { tree: true });
    expect(await count(engine, "running")).toBe(0);
  });

  test("but not from the middle: the error names the root", async () => {
    await using engine = await openEngine();
    const root = await launch(engine, "parent", "1");
    const [child] = (await engine.engine.list({ workflow: "asleep" })).workflows;
    await expect(
      engine.engine.end(child?.id ?? "", "terminate", { tree: true }),
    ).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining(root),
    });
    expect(await count(engine, "running")).toBe(1);
    await expect(engine.engine.end("wkf_none", "terminate", { tree: true })).rejects.toMatchObject({
      code: "WORKFLOW_NOT_FOUND",
    });
  });
});

describe("running workflows that match are terminated", () => {
  test("page by page, newest first, and no others", async () => {
    await using engine = await openEngine();
    await launch(engine, "parent", "3");
    const stays = await engine.launch("receive");
    const filter = { ...family, workflow: "asleep", limit: 2 };
    expect(await engine.engine.endMatching({ ...filter, dryRun: true }, "terminate")).toMatchObject(
      {
        count: 2,
      },
    );
    expect(await count(engine, "running")).toBe(4);

    const first = await engine.engine.endMatching(filter, "terminate");
    const second = await engine.engine.endMatching(
      { ...filter, cursor: first.cursor ?? "" },
      "terminate",
    );

    expect([first.count, second]).toEqual([2, { count: 1, cursor: null }]);
    expect(await engine.status(stays)).toBe("running");
    expect(await count(engine, "running")).toBe(1);
  });

  test("not all of them by accident", async () => {
    await using engine = await openEngine();
    await expect(engine.engine.endMatching({}, "terminate")).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("Expected a module, a version or a workflow's name"),
    });
  });
});

describe("a workflow that starts others endlessly", () => {
  test("fails at the limit of running descendants, and those outside its tree continue", async () => {
    await using engine = await openEngine({ limits: { descendants: 20, residentGuests: 4 } });
    const bomb = await launch(engine, "bomb");
    const failed = await engine.end(bomb);
    expect(failed.error).toEqual({
      code: "CHILD_LIMIT",
      message: expect.stringMatching(/started "bomb".*the limit descendants allows 20/),
    });
    const small = await launch(engine, "parent", "3");
    expect(await engine.status(small)).toBe("completed");
  });

  test("is held to its limit after a restart", async () => {
    await using before = await openEngine({ limits: { descendants: 5 } });
    const root = await launch(before, "parent", "5");
    expect(await before.status(root)).toBe("completed");
    const more = await launch(before, "parent", "6");
    expect((await before.info(more)).error?.code).toBe("CHILD_LIMIT");
    await using after = await before.restart();
    const again = await launch(after, "parent", "5");
    expect(await after.status(again)).toBe("completed");
  });

  test("fails at the limit of generations", async () => {
    await using engine = await openEngine({ limits: { childDepth: 3 } });
    await launch(engine, "chain");
    const { workflows } = await engine.engine.list({ workflow: "chain" });
    expect(workflows.map(({ status }) => status)).toEqual([
      "failed",
      "running",
      "running",
      "running",
    ]);
    expect(workflows[0]?.error?.message).toContain("the limit childDepth allows 3");
  });

  test("waits for its turn if it is too fast, even across a restart", async () => {
    await using before = await openEngine({ limits: { childrenPerSecond: 2 } });
    const parent = await launch(before, "parent", "5");
    expect(await count(before, "running")).toBe(3);
    await before.pass(500);
    expect(await count(before, "running")).toBe(4);
    await using after = await before.restart();
    await after.pass(10_000);
    expect(await after.status(parent)).toBe("completed");
    expect(await count(after, "running")).toBe(5);
  });
});
