import { createHash } from "node:crypto";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { describe, expect, test } from "vitest";
import type { ModuleInspection } from "../../store/workflow-store.ts";
import { StoreWrapper } from "../../testing/store-wrapper.ts";
import { TestEngine } from "../../testing/test-engine.ts";

const original = fixtureBytes("conformance");

/** The same module with a custom section at its end, which no engine reads: other bytes, the same behaviour. */
function changed(note: string): Uint8Array {
  const name = Buffer.from("note");
  const content = Buffer.concat([Buffer.from([name.length]), name, Buffer.from(note)]);
  return Buffer.concat([original, Buffer.from([0, content.length]), content]);
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

describe("a deployed module", () => {
  test("is described, durable, and there after a restart", async () => {
    await using before = await TestEngine.open();
    const summary = await before.engine.deploy(fixtureBytes("raw_calls"));
    expect(summary).toEqual({
      name: "raw-calls",
      version: "1.0.0",
      hash: hashOf(fixtureBytes("raw_calls")),
      sizeBytes: fixtureBytes("raw_calls").length,
      workflows: expect.arrayContaining(["submit", "bad_pointer"]) as string[],
      deployedAt: "2026-01-02T03:04:05.000Z",
    });
    const modules = await before.engine.modules();
    await using after = await before.restart();

    expect(modules.map(({ name }) => name)).toEqual(["conformance", "raw-calls"]);
    expect(await after.engine.modules()).toEqual(modules);
  });

  test("may be deployed again, even by several at once: nothing changes", async () => {
    await using engine = await TestEngine.open();
    engine.clock.advance(1_000);
    const [first] = await engine.engine.modules();
    const again = await Promise.all(
      [original, original, original].map((bytes) => engine.engine.deploy(bytes)),
    );

    expect(again).toEqual([first, first, first]);
  });

  test("can't be replaced by other bytes", async () => {
    await using engine = await TestEngine.open();
    const conflict = {
      code: "MODULE_CONFLICT",
      message: expect.stringContaining(
        "conformance 1.0.0 is deployed already with other bytes",
      ) as string,
    };

    await expect(engine.engine.deploy(changed("a"))).rejects.toMatchObject(conflict);
    expect(await engine.engine.modules()).toMatchObject([{ hash: hashOf(original) }]);
    await using after = await engine.restart();
    await expect(after.engine.deploy(changed("a"))).rejects.toMatchObject(conflict);
  });

  test("is the one that came first if two kinds are deployed at once", async () => {
    await using engine = await TestEngine.open({ module: "raw_calls" });
    const [first, second] = await Promise.allSettled([
      engine.engine.deploy(changed("a")),
      engine.engine.deploy(changed("b")),
    ]);

    expect([first.status, second.status].toSorted()).toEqual(["fulfilled", "rejected"]);
    const deployed = (await engine.engine.modules()).filter(({ name }) => name === "conformance");
    expect(deployed).toHaveLength(1);
  });
});

describe("a restart", () => {
  /** Counts how often the bytes of a module are read. */
  class CountingStore extends StoreWrapper {
    reads = 0;

    override moduleBytes(hash: string): Promise<Uint8Array | undefined> {
      this.reads += 1;
      return super.moduleBytes(hash);
    }
  }

  test("does not inspect modules again; each is compiled when it is used", async () => {
    await using before = await TestEngine.open();
    let store: CountingStore | undefined;
    await using after = await before.restart({
      wrapStore: (inner) => (store = new CountingStore(inner)),
    });
    await after.engine.deploy(original);
    expect(store?.reads).toBe(0);
    expect(await after.run("noop")).toBeNull();
    expect(await after.run("noop")).toBeNull();
    expect(store?.reads).toBe(1);
  });

  test("inspects again what another version of the inspector inspected, and stores the result", async () => {
    await using before = await TestEngine.open();
    const [summary] = await before.engine.modules();
    const stored = [...before.storage.modules.values()][0];
    for (const [key, module] of before.storage.modules) {
      const inspection = {
        inspector: 0,
        sizeBytes: 1,
        workflows: ["old"],
        functionTypes: 0,
        cancellation: "none" as const,
      };
      before.storage.modules.set(key, { ...module, inspection });
    }
    await using after = await before.restart();

    expect(await after.engine.modules()).toEqual([summary]);
    expect([...after.storage.modules.values()]).toEqual([stored]);
  });

  test("keeps a module that would be refused now, but starts nothing from it", async () => {
    await using before = await TestEngine.open();
    for (const [key, module] of before.storage.modules) {
      before.storage.modules.set(key, { ...module, inspection: null });
    }
    await using after = await before.restart({ limits: { moduleBytes: 1_000 } });

    expect(await after.engine.modules()).toMatchObject([{ name: "conformance", workflows: [] }]);
    await expect(after.run("noop")).rejects.toMatchObject({ code: "WORKFLOW_NOT_FOUND" });
  });
});

describe("the limit", () => {
  test.each([
    ["deployedModules", { deployedModules: 1 }, "1 modules are deployed"],
    ["deployedModuleBytes", { deployedModuleBytes: 300_000 }, "The deployed modules have"],
  ])("%s refuses one more, and lets those that are there be deployed again", async (...test) => {
    const [limit, limits, message] = test;
    await using engine = await TestEngine.open({ limits });

    await expect(engine.engine.deploy(fixtureBytes("raw_calls"))).rejects.toMatchObject({
      code: "LIMIT_REACHED",
      message: expect.stringMatching(`${message}.*${limit}`) as string,
    });
    expect(await engine.engine.deploy(original)).toMatchObject({ name: "conformance" });
  });

  test("of all function types refuses a module that has more, even after a restart", async () => {
    await using before = await TestEngine.open();
    for (const [key, module] of before.storage.modules) {
      const inspection = { ...(module.inspection as ModuleInspection), functionTypes: 1_000_000 };
      before.storage.modules.set(key, { ...module, inspection });
    }
    await using after = await before.restart();

    await expect(after.engine.deploy(fixtureBytes("raw_calls"))).rejects.toMatchObject({
      code: "LIMIT_REACHED",
      message: expect.stringContaining("1000000 function types") as string,
    });
    expect(await after.run("noop")).toBeNull();
  });

  test("compiledModuleBytes drops modules, but not those in use", async () => {
    await using engine = await TestEngine.open({ limits: { compiledModuleBytes: 1 } });
    const waiting = await engine.launch("receive");
    await engine.engine.deploy(fixtureBytes("raw_calls"));
    expect(await engine.run("noop")).toBeNull();
    await engine.send(waiting, "approve", { by: "Ada" });

    expect(await engine.status(waiting)).toBe("completed");
  });
});

describe("in development", () => {
  test("a module is replaced for new workflows; running ones keep theirs, even across restarts", async () => {
    await using before = await TestEngine.open({ development: true });
    const running = await before.launch("sleep_steps", { count: 3, ms: 100 });
    await before.pass(100);
    await before.engine.deploy(changed("new"));
    const started = await before.launch("sleep_ms", { ms: 1_000 });
    await using after = await before.restart();
    await after.pass(1_000);

    expect(await after.info(running)).toMatchObject({
      status: "completed",
      moduleHash: hashOf(original),
    });
    expect(await after.info(started)).toMatchObject({
      status: "completed",
      moduleHash: hashOf(changed("new")),
    });
    expect(await after.engine.modules()).toHaveLength(1);
  });

  test("a child has the module of its parent, not the newest", async () => {
    await using engine = await TestEngine.open({ development: true });
    const parent = await engine.launch("all_calls", { url: "http://site", secret: "none" });
    await engine.engine.deploy(changed("new"));
    await engine.pass(20);
    await engine.send(parent, "go", { value: "on" });
    const { workflows } = await engine.engine.list({ workflow: "child" });

    expect(workflows).toMatchObject([{ parent, moduleHash: hashOf(original) }]);
  });

  test("the earlier module may be deployed again", async () => {
    await using engine = await TestEngine.open({ development: true });
    await engine.engine.deploy(changed("new"));
    await engine.engine.deploy(original);

    expect(await engine.engine.modules()).toMatchObject([{ hash: hashOf(original) }]);
    expect(await engine.run("noop")).toBeNull();
  });
});

describe("what is refused", () => {
  test.each([
    ["nothing", new Uint8Array()],
    ["a text", Buffer.from("not a module")],
    ["only the header", original.subarray(0, 8)],
    ["half a module", original.subarray(0, original.length / 2)],
    ["a module with a byte too many", Buffer.concat([original, Buffer.from([1])])],
  ])("is %s; the engine goes on", async (_what, bytes) => {
    await using engine = await TestEngine.open();

    await expect(engine.engine.deploy(bytes)).rejects.toMatchObject({
      code: "MODULE_REFUSED",
      message: expect.stringMatching(/./) as string,
      cause: expect.anything() as unknown,
    });
    expect(await engine.run("noop")).toBeNull();
    expect(await engine.engine.modules()).toHaveLength(1);
  });

  test.each([
    ["is larger than the limit", { moduleBytes: 100_000 }],
    ["begins with more memory than the limit", { memoryBytes: 65_536 }],
  ])("is a module that %s", async (_what, limits) => {
    await expect(TestEngine.open({ limits })).rejects.toMatchObject({ code: "MODULE_REFUSED" });
  });
});
