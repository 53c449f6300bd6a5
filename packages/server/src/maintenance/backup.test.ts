import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { describe, expect, test } from "vitest";
import { fromPublicId } from "../workflow/workflow-id.ts";
import { secretsKeyFileName } from "../store/make-secrets-key.ts";
import { journalFileName, SqliteWorkflowStore } from "../store/sqlite/sqlite-workflow-store.ts";
import { openServer, type RunningServer } from "../server.ts";
import { runCli } from "../testing/run-cli.ts";
import { create } from "../testing/stored-workflow.ts";
import { until } from "../testing/until.ts";
import { Backups } from "./backups.ts";
import { checkDirectory } from "./check-directory.ts";
import { downloadBackup } from "./download-backup.ts";

const module = { module: "conformance", version: "1.0.0" };
const maxStarts = 300;
const token = "token-of-the-tests";

async function start(directory: TemporaryDirectory): Promise<RunningServer> {
  return openServer({ directory: directory.path, port: 0, tokens: [token] });
}

/** A large journal, so that a backup takes a while. */
async function fill(directory: TemporaryDirectory, texts: number): Promise<void> {
  const store = await SqliteWorkflowStore.open(directory.path);
  await store.commit([
    create(1, { status: "completed", wakeAt: null, endedAt: 1 }),
    ...Array.from({ length: texts }, (_, position) => ({
      kind: "append" as const,
      id: 1,
      position,
      lines: `S\t1\t"TimeNow"\t"${"x".repeat(50_000)}"\n`,
    })),
  ]);
  await store.close();
}

test("a backup of a server under load contains every start that was acknowledged before, and runs", async () => {
  using source = new TemporaryDirectory();
  using target = new TemporaryDirectory();
  await fill(source, 200);
  await using server = await start(source);
  const { engine } = server;
  await engine.deploy(fixtureBytes("conformance"));
  const acknowledged: string[] = [];
  const load = new AbortController();
  const callers = Array.from({ length: 4 }, async () => {
    while (!load.signal.aborted && acknowledged.length < maxStarts) {
      const input = JSON.stringify({ ms: 50 });
      const { id } = await engine.start(
        { ...module, workflow: "sleep_ms", input },
        { detached: true },
      );
      acknowledged.push(id);
    }
  });
  const during: number[] = [];
  const loaded = Promise.all(callers);
  loaded.catch(() => undefined);
  while (during.length < 2) {
    const copy = new TemporaryDirectory();
    const before = [...acknowledged];
    await downloadBackup({ url: server.url, token, ca: undefined }, copy.join("data"));
    during.push(acknowledged.length - before.length);
    const store = await SqliteWorkflowStore.open(copy.join("data"));
    const missing: string[] = [];
    const found = new Set((await store.list({ limit: 100_000 })).map(({ id }) => id));
    for (const id of before) {
      missing.push(...(found.has(fromPublicId(id) ?? 0) ? [] : [id]));
    }
    await store.close();
    expect(missing).toEqual([]);
    copy.remove();
  }
  load.abort();
  await loaded;
  // Starts continued while the copies were made.
  expect(Math.max(...during)).toBeGreaterThan(0);

  await downloadBackup({ url: server.url, token, ca: undefined }, target.path);
  expect(await checkDirectory(target.path)).toMatchObject({ ok: true });
  expect(statSync(target.join(journalFileName)).mode & 0o777).toBe(0o600);
  await using restored = await start(target);
  for (const id of acknowledged) {
    const { status } = await restored.engine.wait(id, { timeoutMs: 20_000 });
    expect(status).toBe("completed");
  }
  expect(readdirSync(source.path).filter((name) => name.includes("partial"))).toEqual([]);
}, 120_000);

describe("flawless backup", () => {
  test("asks a running server, and needs its token", async () => {
    using source = new TemporaryDirectory();
    await using server = await start(source);
    const target = source.join("copy");
    const refused = await runCli(["backup", target, "--url", server.url]);
    const done = await runCli(["backup", target, "--url", server.url, "--json"], {
      FLAWLESS_TOKEN: token,
    });

    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("the server answered 401");
    expect(done.code).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({ directory: target });
    expect(done.stderr).toContain("secrets.key");
    expect(readdirSync(target)).toEqual([journalFileName]);
  });

  test("copies the journal and key of a directory that no server runs on", async () => {
    using source = new TemporaryDirectory();
    await (await start(source)).close();
    const files = readdirSync(source.path);
    const target = source.join("copy");
    const { code } = await runCli(["backup", target, "--working-dir", source.path]);

    expect(code).toBe(0);
    expect(readdirSync(source.path)).toEqual([...files, "copy"].toSorted());
    expect(readdirSync(target).toSorted()).toEqual([journalFileName, secretsKeyFileName]);
    expect(readFileSync(`${target}/${secretsKeyFileName}`)).toEqual(
      readFileSync(source.join(secretsKeyFileName)),
    );
    expect((await runCli(["check", target])).stdout).toContain("no faults");
  });

  test.each([
    ["on which a server runs", "in use by another server"],
    ["without a journal", "There is no journal in"],
  ])("refuses a directory %s", async (what, expected) => {
    using source = new TemporaryDirectory();
    await using _server = what.includes("server") ? await start(source) : undefined;
    const result = await runCli(["backup", source.join("copy"), "--working-dir", source.path]);

    expect(result).toMatchObject({ code: 1, stdout: "" });
    expect(result.stderr).toContain(expected);
  });

  test("never overwrites a journal", async () => {
    using source = new TemporaryDirectory();
    await using server = await start(source);
    writeFileSync(source.join("other"), "x");
    const target = new TemporaryDirectory();
    writeFileSync(target.join(journalFileName), "precious");
    const { code, stderr } = await runCli(["backup", target.path, "--url", server.url], {
      FLAWLESS_TOKEN: token,
    });

    expect(code).toBe(1);
    expect(stderr).toContain("Back up to an empty directory");
    expect(readFileSync(target.join(journalFileName), "utf8")).toBe("precious");
    target.remove();
  });

  test("leaves no files behind if the server closes the connection", async () => {
    using target = new TemporaryDirectory();
    const server = createServer((_request, response) => {
      response.writeHead(200, { "content-length": 1_000_000 });
      response.write("SQLite format 3\0", () => response.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    await expect(downloadBackup({ url, token, ca: undefined }, target.path)).rejects.toMatchObject({
      code: "JOURNAL_UNAVAILABLE",
    });
    server.close();
    expect(readdirSync(target.path)).toEqual([]);
  });
});

describe("backups of one server", () => {
  test("are made one at a time, and leave no files behind", async () => {
    using directory = new TemporaryDirectory();
    await fill(directory, 1);
    writeFileSync(directory.join("backup-of-a-killed-server.partial"), "half");
    const backups = new Backups(directory.path, async (file) => writeFileSync(file, "copy"));
    const first = await backups.make();
    await expect(backups.make()).rejects.toMatchObject({ code: "LIMIT_REACHED" });
    const text = (await first.content.toArray()).join("");
    await until(() => first.content.closed);
    const second = await backups.make();
    second.content.destroy();

    expect(text).toBe("copy");
    expect(first.bytes).toBe(4);
    expect(readdirSync(directory.path)).toEqual([journalFileName]);
  });

  test("a failed backup doesn't prevent the next one", async () => {
    using directory = new TemporaryDirectory();
    await fill(directory, 1);
    let fails = true;
    const backups = new Backups(directory.path, async (file) => {
      if (fails) {
        throw new Error("no");
      }
      writeFileSync(file, "copy");
    });
    await expect(backups.make()).rejects.toMatchObject({
      code: "JOURNAL_UNAVAILABLE",
      message: "no",
    });
    fails = false;
    const { bytes, content } = await backups.make();
    content.destroy();

    expect(bytes).toBe(4);
  });
});
