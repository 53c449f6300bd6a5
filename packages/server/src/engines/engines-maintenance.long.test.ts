import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Flawless } from "@flawless-ts/sdk";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDirectory } from "../maintenance/check-directory.ts";
import { copyJournal } from "../maintenance/copy/copy-journal.ts";
import { partitionOfId, partitionOfKey } from "../cluster/partition-of.ts";
import { startServer } from "../server.ts";
import { SqliteWorkflowStore } from "../store/sqlite/sqlite-workflow-store.ts";
import { runCli } from "../testing/run-cli.ts";
import { create } from "../testing/stored-workflow.ts";

const keys = Array.from({ length: 12 }, (_, index) => `key-${index}`);
const schedules = Array.from({ length: 5 }, (_, index) => `schedule-${index}`);
const count = keys.length + 3;

/** What a server tells of each workflow that was started by a key: its id. */
async function idsByKey(directory: string): Promise<Readonly<Record<string, string>>> {
  await using server = await startServer({ directory, port: 0, executors: { threads: 1 } });
  await using flawless = new Flawless({ url: server.url });
  const module = flawless.module("conformance", "1.0.0");
  const ids = await Promise.all(
    keys.map(async (idempotencyKey) => {
      const { id } = await module.start("receive", null, { idempotencyKey });
      return [idempotencyKey, id] as const;
    }),
  );
  const listed: string[] = [];
  for await (const { name } of flawless.schedules.list({ limit: 2 })) {
    listed.push(name);
  }
  expect(listed).toEqual(schedules);
  expect((await flawless.listWorkflows({ limit: 100 })).workflows).toHaveLength(count);
  return Object.fromEntries(ids);
}

describe("a directory of two engines", () => {
  const source = new TemporaryDirectory();
  const downloaded = new TemporaryDirectory();
  const elsewhere = new TemporaryDirectory();
  let original: Readonly<Record<string, string>>;
  let backup: Awaited<ReturnType<typeof runCli>>;

  beforeAll(async () => {
    await using server = await startServer({ directory: source.path, port: 0, engines: 2 });
    await using flawless = new Flawless({ url: server.url });
    const module = await flawless.deploy(fixtureBytes("conformance"));
    await Promise.all(
      keys.map((idempotencyKey) => module.start("receive", null, { idempotencyKey })),
    );
    await Promise.all(["a", "b", "c"].map((name) => module.start("echo", name)));
    for (const name of schedules) {
      await flawless.schedules.create({ name, cron: "0 2 * * *", workflow: "conformance/receive" });
    }
    backup = await runCli(["backup", downloaded.join("copy"), "--url", server.url, "--json"]);
  }, 60_000);

  beforeAll(async () => {
    original = await idsByKey(source.path);
  }, 60_000);

  afterAll(() => {
    [source, downloaded, elsewhere].forEach((each) => each[Symbol.dispose]());
  });

  test("is backed up whole while its server runs, and runs from there", async () => {
    expect(backup).toMatchObject({ code: 0 });
    const { bytes } = JSON.parse(backup.stdout) as { readonly bytes: number };
    expect(bytes).toBeGreaterThan(fixtureBytes("conformance").length * 2);
    const copy = downloaded.join("copy");
    expect(readdirSync(copy).toSorted()).toEqual(["engine-1", "engines.json", "flawless.sqlite"]);
    expect(readFileSync(`${copy}/engines.json`, "utf8")).toBe(
      readFileSync(source.join("engines.json"), "utf8"),
    );
    expect(await checkDirectory(copy)).toMatchObject({ ok: true, workflows: count });
    expect(await idsByKey(copy)).toEqual(original);
  }, 60_000);

  test("is backed up while no server runs, with its key", async () => {
    const target = elsewhere.join("backup");
    const copied = await runCli(["backup", target, "--working-dir", source.path]);
    expect(copied).toMatchObject({ code: 0 });
    expect(readdirSync(target).toSorted()).toEqual([
      "engine-1",
      "engines.json",
      "flawless.sqlite",
      "secrets.key",
    ]);
    expect(await checkDirectory(target)).toMatchObject({ ok: true, workflows: count });
    expect(await runCli(["backup", target, "--working-dir", source.path])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("There is a journal in"),
    });
  });

  test("is copied to one of another number of engines, and back, with all that was started by keys", async () => {
    const three = elsewhere.join("three");
    const one = elsewhere.join("one");
    const copy = ["journal", "copy", source.path, three];
    expect(await runCli(copy)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("another number of engines"),
    });
    expect(await runCli([...copy, "--engines", "3"])).toMatchObject({
      code: 0,
      stdout: `copied ${count} workflows and 1 modules, and compared them\n`,
    });
    expect(await idsByKey(three)).toEqual(original);
    // Not all are where their keys are looked for first.
    const moved = keys.filter(
      (key) => partitionOfKey(key, 3) !== partitionOfId(original[key] ?? "", 3),
    );
    expect(moved.length).toBeGreaterThan(0);
    expect(await copyJournal(three, one, { engines: 1 })).toEqual({ workflows: count, modules: 1 });
    expect(await idsByKey(one)).toEqual(original);
    await expect(copyJournal(one, elsewhere.join("x"), { engines: 65 })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
  }, 60_000);

  test("is checked whole: what is in the wrong journal is found", async () => {
    const copy = downloaded.join("copy");
    const store = await SqliteWorkflowStore.open(`${copy}/engine-1`);
    await store.commit([
      create(5_000, { status: "completed", wakeAt: null, endedAt: 1, moduleHash: "none" }),
    ]);
    await store.close();
    const report = await checkDirectory(copy);
    expect(report).toMatchObject({ ok: false, file: copy, workflows: count + 1 });
    expect(report.findings.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^engine 1: workflow wkf_\w+ is in the journal of engine 1/),
    ]);
    writeFileSync(`${copy}/engine-1/flawless.sqlite`, "nothing");
    expect(await checkDirectory(copy).catch((error: unknown) => error)).toMatchObject({
      ok: false,
    });
    rmSync(`${copy}/engine-1/flawless.sqlite`);
    await expect(checkDirectory(copy)).rejects.toMatchObject({ code: "DIRECTORY_UNUSABLE" });
  });
});
