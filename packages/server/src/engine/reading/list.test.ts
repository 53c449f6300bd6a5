import { describe, expect, test } from "vitest";
import { TestEngine } from "../../testing/test-engine.ts";
import type { WorkflowFilter } from "../types.ts";

async function filled(): Promise<TestEngine> {
  const engine = await TestEngine.open();
  await engine.launch("noop");
  await engine.launch("receive");
  await engine.launch("panic_after_response");
  await engine.engine.cancel(await engine.launch("sleep_ms", { ms: 10 }));
  await engine.launch("noop");
  return engine;
}

describe("a listing", () => {
  test.each<[string, WorkflowFilter, readonly string[]]>([
    ["all, newest first", {}, ["noop", "sleep_ms", "panic_after_response", "receive", "noop"]],
    ["running ones", { status: "running" }, ["receive"]],
    ["completed ones", { status: "completed" }, ["noop", "noop"]],
    ["failed ones", { status: "failed" }, ["panic_after_response"]],
    ["cancelled ones", { status: "cancelled" }, ["sleep_ms"]],
    ["those of a workflow", { workflow: "noop" }, ["noop", "noop"]],
    [
      "those of a module and version",
      { module: "conformance", version: "1.0.0", workflow: "receive" },
      ["receive"],
    ],
    ["none of another version", { version: "2" }, []],
    ["none of another module", { module: "crawler" }, []],
  ])("shows %s", async (_what, filter, names) => {
    await using engine = await filled();
    const page = await engine.engine.list(filter);

    expect(page.workflows.map(({ workflow }) => workflow)).toEqual(names);
    expect(page.cursor).toBeNull();
  });

  test("of a key shows the workflow that was started with it", async () => {
    await using engine = await filled();
    const start = { module: "conformance", version: "1.0.0", workflow: "noop", input: "null" };
    const { id } = await engine.engine.start({ ...start, idempotencyKey: "order-7" });
    const page = await engine.engine.list({ key: "order-7" });
    expect(page.workflows).toMatchObject([{ id, idempotencyKey: "order-7" }]);
    expect(page.cursor).toBeNull();
    expect((await engine.engine.list({ key: "order-7", status: "failed" })).workflows).toEqual([]);
    expect((await engine.engine.list({ key: "order" })).workflows).toEqual([]);
    expect(await engine.engine.idOfKey("order-7")).toBe(id);
    await expect(engine.engine.idOfKey("order")).rejects.toMatchObject({
      code: "WORKFLOW_NOT_FOUND",
    });
  });

  test("shows each workflow as it is shown alone", async () => {
    await using engine = await filled();
    const { workflows } = await engine.engine.list();
    const alone = await Promise.all(workflows.map(({ id }) => engine.info(id)));

    expect(workflows).toEqual(alone);
  });

  test("ends early if its content is large, and continues on the next page", async () => {
    await using engine = await TestEngine.open();
    const text = "x".repeat(3 * 2 ** 20);
    for (let n = 0; n < 5; n += 1) {
      await engine.run("echo", text);
    }
    const all: string[] = [];
    const lengths: number[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await engine.engine.list({ limit: 1_000, ...(cursor ? { cursor } : {}) });
      lengths.push(page.workflows.length);
      all.push(...page.workflows.map(({ id }) => id));
      cursor = page.cursor;
    } while (cursor !== null);

    expect(Math.max(...lengths)).toBe(3);
    expect(new Set(all).size).toBe(5);
    expect(all).toHaveLength(5);
  });

  test("shows only the first of many types of messages", async () => {
    await using engine = await TestEngine.open({ module: "raw_calls" });
    const types = Array.from({ length: 1_000 }, (_, n) => `type ${n}`);
    const input = JSON.stringify({ RecvMessage: [null, types] });
    const id = await engine.launch("submit", { input });
    await engine.engine.whenIdle();
    const { waiting } = await engine.info(id);
    const shown = waiting?.on === "message" ? waiting.types : [];

    expect(shown.slice(0, 2)).toEqual(["type 0", "type 1"]);
    expect(shown.at(-1)).toBe(`… and ${1_001 - shown.length} more`);
    expect(shown.join("").length).toBeLessThan(2_100);
    await engine.engine.send(id, "type 999", "null");
    expect((await engine.end(id)).status).toBe("completed");
  });

  test("goes through all pages, each workflow once, even while others are started", async () => {
    await using engine = await filled();
    const all = (await engine.engine.list()).workflows.map(({ id }) => id);
    const seen: string[][] = [];
    let cursor: string | null | undefined;
    do {
      const page = await engine.engine.list({ limit: 2, ...(cursor ? { cursor } : {}) });
      seen.push(page.workflows.map(({ id }) => id));
      cursor = page.cursor;
      await engine.launch("noop");
    } while (cursor !== null);

    expect(seen).toEqual([all.slice(0, 2), all.slice(2, 4), all.slice(4)]);
  });

  test("has no further page if the last one is exactly full", async () => {
    await using engine = await filled();

    expect((await engine.engine.list({ limit: 5 })).cursor).toBeNull();
    expect((await engine.engine.list({ limit: 4 })).cursor).not.toBeNull();
  });

  test("keeps its filter from page to page", async () => {
    await using engine = await filled();
    const first = await engine.engine.list({ workflow: "noop", limit: 1 });
    const second = await engine.engine.list({
      workflow: "noop",
      limit: 1,
      cursor: first.cursor ?? "",
    });

    expect([...first.workflows, ...second.workflows].map(({ workflow }) => workflow)).toEqual([
      "noop",
      "noop",
    ]);
    expect(second.cursor).toBeNull();
  });

  test("shows what has just happened, and the same after a restart", async () => {
    await using before = await TestEngine.open();
    const { id } = await before.startText("receive", "null", { detached: true });
    expect((await before.engine.list()).workflows).toMatchObject([{ id, status: "running" }]);
    await before.engine.cancel(id);
    const listed = await before.engine.list();
    await using after = await before.restart();

    expect(listed.workflows).toMatchObject([{ id, status: "cancelled" }]);
    expect(await after.engine.list()).toEqual(listed);
  });

  test.each([{ limit: 0 }, { limit: 1_001 }, { cursor: "page 2" }])(
    "with %j is refused",
    async (filter) => {
      await using engine = await TestEngine.open();

      await expect(engine.engine.list(filter)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    },
  );
});

test.each(["wkf_1", "wkf_", "", "constructor"])("a workflow named %j is not found", async (id) => {
  await using engine = await TestEngine.open();
  const notFound = {
    code: "WORKFLOW_NOT_FOUND",
    message: expect.stringContaining("There is no workflow") as string,
  };

  await expect(engine.engine.workflow(id)).rejects.toMatchObject(notFound);
  await expect(engine.engine.journal(id)).rejects.toMatchObject(notFound);
  await expect(engine.engine.wait(id, { timeoutMs: 1 })).rejects.toMatchObject(notFound);
});
