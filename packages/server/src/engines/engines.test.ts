import { writeFileSync } from "node:fs";
import { Flawless, type WorkflowInfo } from "@flawless-ts/sdk";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { partitionOfKey } from "../cluster/partition-of.ts";
import { type FlawlessServer, openServer, startServer } from "../server.ts";
import { fromPublicId } from "../workflow/workflow-id.ts";

const engines = 3;
const waits = [{ call: { RecvMessage: [null, ["go"]] } }] as never;

function engineOf(id: string): number {
  return (fromPublicId(id) ?? 0) % engines;
}

/** Asks over a connection of its own, which may come to any engine. */
async function ask(url: string, path: string): Promise<Response> {
  return fetch(`${url}${path}`, { headers: { connection: "close" } });
}

describe("several engines behind one port", () => {
  using directory = new TemporaryDirectory();
  let server: FlawlessServer;
  let flawless: Flawless;

  beforeAll(async () => {
    server = await startServer({ directory: directory.path, engines, port: 0 });
    flawless = new Flawless({ url: server.url });
    await flawless.deploy(fixtureBytes("conformance"));
    await flawless.deploy(fixtureBytes("extensions"));
  }, 60_000);

  afterAll(async () => {
    await flawless.close();
    await server.close({ graceMs: 0 });
  }, 60_000);

  test("know a worker that registered with one of them, whichever it polls", async () => {
    const post = async (path: string, body: object): Promise<unknown> => {
      // Each connection reaches an engine by chance.
      const headers = { connection: "close", "content-type": "application/json" };
      const url = `${server.url}/api/activities/asked/${path}`;
      return (await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })).json();
    };
    await post("workers", { worker: "w", concurrency: 9, activities: { pay: {} } });

    for (let poll = 0; poll < 12; poll += 1) {
      expect(await post("poll", { worker: "w", max: 9, waitMs: 2 })).toEqual({ ok: [] });
    }

    await post("leave", { worker: "w" });
    for (let poll = 0; poll < 12; poll += 1) {
      expect(await post("poll", { worker: "w", max: 9, waitMs: 2 })).toMatchObject({
        error: expect.stringContaining("has to register"),
      });
    }
  });

  test("share what callers start, and any of them tells of all", async () => {
    const ids = new Set<string>();
    // Each connection comes to an engine by chance.
    while (new Set([...ids].map(engineOf)).size < engines) {
      await using another = new Flawless({ url: server.url });
      const module = another.module("conformance", "1.0.0");
      const started = await Promise.all(
        Array.from({ length: 12 }, () => module.start("add", { a: 1, b: 2 })),
      );
      for (const { id } of started) {
        ids.add(id);
      }
    }
    const listed: WorkflowInfo[] = [];
    for await (const info of flawless.workflows({ workflow: "add", limit: 5 })) {
      listed.push(info);
    }
    expect(listed.map(({ id }) => id).toSorted()).toEqual([...ids].toSorted());
    const numbers = listed.map(({ id }) => fromPublicId(id) ?? 0);
    expect(numbers).toEqual(numbers.toSorted((one, other) => other - one));
    for (const id of ids) {
      expect(await flawless.workflow(id).completion()).toMatchObject({ status: "completed" });
      expect((await flawless.workflow(id).journal()).steps.length).toBeGreaterThan(0);
    }
    const texts = await Promise.all(
      Array.from({ length: 8 }, async () => (await ask(server.url, "/metrics")).text()),
    );
    for (const text of texts) {
      const completed = /^flawless_workflows\{status="completed"\} (\d+)$/m.exec(text)?.[1];
      const started =
        /^flawless_workflows_started_total\{module="conformance",workflow="add"\} (\d+)$/m.exec(
          text,
        )?.[1];
      expect(Number(completed)).toBeGreaterThanOrEqual(ids.size);
      expect(Number(started)).toBe(ids.size);
      expect(text).toMatch(/^flawless_journal_writable 1$/m);
    }
  });

  test("find a start by its idempotency key, whichever is asked", async () => {
    const module = flawless.module("conformance", "1.0.0");
    const keys = Array.from({ length: 9 }, (_, index) => `key-${index}`);
    const all = await Promise.all(
      [...keys, ...keys, ...keys].map(async (idempotencyKey) => {
        const { id } = await module.start("receive", null, { idempotencyKey });
        expect(engineOf(id)).toBe(partitionOfKey(idempotencyKey, engines));
        return `${idempotencyKey} ${id}`;
      }),
    );
    expect(new Set(all).size).toBe(keys.length);
    expect(new Set(keys.map((key) => partitionOfKey(key, engines))).size).toBe(engines);
    await expect(
      module.start("receive", 1 as never, { idempotencyKey: "key-0" }),
    ).rejects.toMatchObject({ code: "FLAWLESS_CONFLICT" });
    const cancelled = await flawless.terminateWorkflows({
      module: "conformance",
      workflow: "receive",
    });
    expect(cancelled).toBe(keys.length);
  });

  test("let workflows send to each other, and start each other, wherever they run", async () => {
    const module = flawless.module("extensions", "1.0.0");
    const keys = Array.from({ length: 6 }, (_, index) => `other-${index}`);
    const told = (await module.execute("script", [
      ...keys.map((idempotencyKey) => ({
        ask: ["start", { workflow: "script", input: waits, idempotencyKey }],
      })),
      ...keys.map((_, index) => ({
        ask: ["send", { id: `$${index}.body.id`, type: "go", data: index }],
      })),
      ...keys.map((_, index) => ({ ask: ["run", { kind: "result", id: `$${index}.body.id` }] })),
      { ask: ["send", { id: "wkf_1", type: "go" }] },
    ] as never)) as unknown as readonly { readonly body: { readonly id: string } }[];
    expect(told.slice(keys.length)).toMatchObject([
      ...keys.map(() => ({ status: 200 })),
      ...keys.map((_, index) => ({
        body: { status: "completed", response: [{ Message: ["go", String(index)] }] },
      })),
      { status: 404, body: { error: { code: "WORKFLOW_NOT_FOUND" } } },
    ]);
    const started = told.slice(0, keys.length).map(({ body }) => engineOf(body.id));
    expect(new Set(started).size).toBe(engines);
  });

  test("have each schedule in one of them, and list them all", async () => {
    const names = Array.from({ length: 6 }, (_, index) => `s${index}`);
    for (const name of names) {
      await flawless.schedules.create({
        name,
        cron: "0 2 * * *",
        workflow: "conformance/receive",
      });
      await flawless.schedules.pause(name);
      expect(await flawless.schedules.describe(name)).toMatchObject({ nextAt: null });
    }
    const listed: string[] = [];
    for await (const { name } of flawless.schedules.list({ limit: 4 })) {
      listed.push(name);
    }
    expect(listed).toEqual(names);
    const text = await (await ask(server.url, "/metrics")).text();
    expect(text).toMatch(/^flawless_schedules 6$/m);
    await Promise.all(names.map((name) => flawless.schedules.delete(name)));
  });
});

test("a directory keeps its number of engines, and its workflows go on when they are started again", async () => {
  using directory = new TemporaryDirectory();
  const options = { directory: directory.path, port: 0 };
  const before = await startServer({ ...options, engines: 2 });
  const first = new Flawless({ url: before.url });
  const module = await first.deploy(fixtureBytes("conformance"));
  const keys = ["a", "b", "c", "d"];
  const ids = await Promise.all(
    keys.map(
      async (idempotencyKey) => (await module.start("receive", null, { idempotencyKey })).id,
    ),
  );
  expect(new Set(ids.map((id) => (fromPublicId(id) ?? 0) % 2)).size).toBe(2);
  await expect(startServer(options)).rejects.toMatchObject({ code: "DIRECTORY_IN_USE" });
  await first.close();
  await before.close({ graceMs: 0 });

  const refused = { code: "INVALID_REQUEST", message: expect.stringContaining("--engines 3") };
  await expect(startServer({ ...options, engines: 3 })).rejects.toMatchObject(refused);
  await expect(openServer(options)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  await using after = await startServer(options);
  await using flawless = new Flawless({ url: after.url });
  for (const id of ids) {
    await flawless.workflow(id).send("approve", { by: "me" });
    expect(await flawless.workflow(id).completion()).toMatchObject({ status: "completed" });
  }
}, 60_000);

test("a directory of one engine stays one, and a divided one is refused when it is not whole", async () => {
  using directory = new TemporaryDirectory();
  const options = { directory: directory.path, port: 0 };
  await (await startServer(options)).close({ graceMs: 0 });
  await expect(startServer({ ...options, engines: 2 })).rejects.toMatchObject({
    code: "INVALID_REQUEST",
    message: expect.stringContaining("of 1 engine, not 2"),
  });
  writeFileSync(directory.join("engines.json"), '{"engines": 2}\n');
  await expect(startServer(options)).rejects.toMatchObject({
    code: "DIRECTORY_UNUSABLE",
    message: expect.stringContaining("engine-1"),
  });
  writeFileSync(directory.join("engines.json"), '{"engines": "two"}\n');
  await expect(startServer(options)).rejects.toMatchObject({ code: "DIRECTORY_UNUSABLE" });
});

test.for([0, 65, 1.5, "2"])("%s is no number of engines", async (engineCount) => {
  await expect(
    startServer({ directory: "unused", engines: engineCount as number }),
  ).rejects.toMatchObject({ code: "FLAWLESS_INVALID_OPTION" });
});
