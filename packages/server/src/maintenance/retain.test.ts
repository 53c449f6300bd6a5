import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { Flawless } from "@flawless-ts/sdk";
import type { DurationLike } from "@flawless-ts/wasm-module";
import { describe, expect, test } from "vitest";
import { SqliteWorkflowStore } from "../store/sqlite/sqlite-workflow-store.ts";
import { directoryOfEngine, prepareDivision } from "../engines/engine-directories.ts";
import { openServer, startServer } from "../server.ts";
import { toPublicId } from "../workflow/workflow-id.ts";
import { runCli } from "../testing/run-cli.ts";
import { create } from "../testing/stored-workflow.ts";

describe("a server", () => {
  test("that retains for an hour deletes workflows that ended long before, and keeps the rest", async () => {
    using directory = new TemporaryDirectory();
    const store = await SqliteWorkflowStore.open(directory.path);
    const ended = { status: "completed", wakeAt: null } as const;
    await store.commit([
      create(1, { ...ended, endedAt: 1 }),
      create(2, { ...ended, endedAt: Date.now() }),
      create(3, { wakeAt: null, waiting: { on: "message", types: ["go"], until: null } }),
      create(4, { ...ended, endedAt: 1 }),
    ]);
    await store.close();
    await using server = await openServer({
      directory: directory.path,
      port: 0,
      retain: "1 hour",
    });
    const ids = async (): Promise<readonly string[]> =>
      (await server.engine.list()).workflows.map(({ id }) => id);
    while ((await ids()).includes("wkf_1"));

    expect(await ids()).toEqual(["wkf_4", "wkf_3", "wkf_2"]);
  });

  test("of several engines deletes those of each of them", async () => {
    using directory = new TemporaryDirectory();
    const engines = 2;
    await prepareDivision(directory.path, engines);
    const ended = { status: "completed", wakeAt: null } as const;
    for (let engine = 0; engine < engines; engine += 1) {
      const store = await SqliteWorkflowStore.open(directoryOfEngine(directory.path, engine));
      await store.commit([
        create(2 + engine, { ...ended, endedAt: 1 }),
        create(4 + engine, { ...ended, endedAt: Date.now() }),
      ]);
      await store.close();
    }
    await using server = await startServer({
      directory: directory.path,
      engines,
      port: 0,
      retain: "1 hour",
    });
    await using flawless = new Flawless({ url: server.url });
    const ids = async (): Promise<readonly string[]> =>
      (await flawless.listWorkflows()).workflows.map(({ id }) => id);
    const kept = [5, 4].map(toPublicId);
    await expect.poll(ids, { timeout: 20_000 }).toEqual(kept);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, "0 days", "a while"])(
    "can't retain for %j",
    async (retain) => {
      using directory = new TemporaryDirectory();
      await expect(
        openServer({ directory: directory.path, port: 0, retain: retain as DurationLike }),
      ).rejects.toMatchObject({ code: "FLAWLESS_INVALID_OPTION" });
    },
  );

  test("is not started by `up` with an invalid duration", async () => {
    const { code, stderr } = await runCli(["up", "--retain", "a while"]);

    expect(code).toBe(2);
    expect(stderr).toContain("--retain takes a duration such as 90s, 45m, 12h or 30d");
  });
});
