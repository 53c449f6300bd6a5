import { randomBytes } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { Engine } from "../../engine/index.ts";
import { sharedExecutors } from "../../testing/test-engine.ts";
import { storedWorkflow } from "../../testing/stored-workflow.ts";
import { journalFileName, SqliteWorkflowStore } from "./sqlite-workflow-store.ts";

const openStore = fileURLToPath(new URL("../../testing/open-store.ts", import.meta.url));
const arguments_ = ["--conditions=@flawless-ts/source", openStore];

function hasCode(code: string): Error {
  return expect.objectContaining({ code, _tag: "EngineError" }) as Error;
}

/** A closed journal with a workflow and a lot of text. */
async function filledStore(directory: TemporaryDirectory): Promise<void> {
  const store = await SqliteWorkflowStore.open(directory.path);
  const texts = Array.from({ length: 50 }, (_, position) => position);
  await store.commit([
    { kind: "create", workflow: storedWorkflow(1) },
    ...texts.map((position) => ({
      kind: "append" as const,
      id: 1,
      position,
      lines: `${randomBytes(15_000).toString("base64")}\n`,
    })),
  ]);
  await store.close();
}

describe("a directory", () => {
  test("that doesn't exist yet is created, with files that only their owner can read", async () => {
    using directory = new TemporaryDirectory();
    const path = directory.join("a", "b");
    const store = await SqliteWorkflowStore.open(path);
    await store.commit([{ kind: "create", workflow: storedWorkflow(1) }]);
    const modes = readdirSync(path).map((name) => statSync(`${path}/${name}`).mode & 0o777);
    await store.close();

    expect(modes.length).toBeGreaterThan(1);
    expect(new Set(modes)).toEqual(new Set([0o600]));
  });

  test("serves only one journal of this process at a time", async () => {
    using directory = new TemporaryDirectory();
    const first = await SqliteWorkflowStore.open(directory.path);
    await expect(SqliteWorkflowStore.open(directory.path)).rejects.toThrow(
      hasCode("DIRECTORY_IN_USE"),
    );
    await first.commit([{ kind: "create", workflow: storedWorkflow(1) }]);
    await first.close();

    const second = await SqliteWorkflowStore.open(directory.path);
    expect(await second.lastId()).toBe(1);
    await second.close();
  });

  test("is also in use for other processes, from the start", async () => {
    using directory = new TemporaryDirectory();
    const store = await SqliteWorkflowStore.open(directory.path);
    const inUse = execFileSync(process.execPath, [...arguments_, directory.path], {
      encoding: "utf8",
    });
    await store.close();
    const free = execFileSync(process.execPath, [...arguments_, directory.path], {
      encoding: "utf8",
    });

    expect([inUse, free]).toEqual(['"DIRECTORY_IN_USE"', '"opened"']);
  });

  test("that is in use stays so after a second attempt to open it", async () => {
    using directory = new TemporaryDirectory();
    await filledStore(directory);
    const store = await SqliteWorkflowStore.open(directory.path);

    await expect(SqliteWorkflowStore.open(directory.path)).rejects.toThrow(
      hasCode("DIRECTORY_IN_USE"),
    );
    await store.close();
  });

  test.each([
    ["is a file", "file", (path: string) => writeFileSync(path, "")],
    [
      "lies below a file",
      "file/below",
      (path: string) => writeFileSync(path.replace("/below", ""), ""),
    ],
    [
      "holds a directory in the journal's place",
      "directory",
      (path: string) => mkdirSync(`${path}/${journalFileName}`, { recursive: true }),
    ],
  ])("that %s can't be used", async (_what, name, prepare) => {
    using directory = new TemporaryDirectory();
    const path = directory.join(name);
    prepare(path);

    await expect(SqliteWorkflowStore.open(path)).rejects.toThrow(hasCode("DIRECTORY_UNUSABLE"));
    await expect(SqliteWorkflowStore.open(path)).rejects.toThrow(path);
  });
});

test("a directory that can't be written can't be used", async () => {
  // Nobody can create anything there, not even root.
  const path = "/proc";

  await expect(SqliteWorkflowStore.open(path)).rejects.toThrow(hasCode("DIRECTORY_UNUSABLE"));
  await expect(SqliteWorkflowStore.open(path)).rejects.toThrow(path);
});

describe("a file", () => {
  test("that is not a database is not touched", async () => {
    using directory = new TemporaryDirectory();
    const file = directory.join(journalFileName);
    writeFileSync(file, "a text that someone wants to keep\n".repeat(100));
    const size = statSync(file).size;

    await expect(SqliteWorkflowStore.open(directory.path)).rejects.toThrow(
      hasCode("JOURNAL_DAMAGED"),
    );
    expect(statSync(file).size).toBe(size);
  });

  test.each([
    ["another program", "PRAGMA application_id = 7", "another program"],
    ["another program that has only a version", "PRAGMA user_version = 3", "another program"],
    [
      "a newer server",
      "PRAGMA application_id = 1179408204; PRAGMA user_version = 7",
      "has format 7, but this version of the server reads format 6",
    ],
  ])("of %s is refused", async (_what, sql, message) => {
    using directory = new TemporaryDirectory();
    const database = new DatabaseSync(directory.join(journalFileName));
    database.exec(sql);
    database.close();

    await expect(SqliteWorkflowStore.open(directory.path)).rejects.toThrow(
      hasCode("DIRECTORY_UNUSABLE"),
    );
    await expect(SqliteWorkflowStore.open(directory.path)).rejects.toThrow(message);
  });

  test.each([0.2, 0.5, 0.9])(
    "cut off at %d of its size gives an error, not a crash",
    async (part) => {
      using directory = new TemporaryDirectory();
      await filledStore(directory);
      const file = directory.join(journalFileName);
      truncateSync(file, Math.floor((statSync(file).size * part) / 4096) * 4096);

      await expect(readAll(directory)).rejects.toThrow(hasCode("JOURNAL_DAMAGED"));
    },
  );

  test("whose schema is overwritten makes an engine refuse to open", async () => {
    using directory = new TemporaryDirectory();
    await filledStore(directory);
    const file = directory.join(journalFileName);
    truncateSync(file, 4096);

    await expect(openEngine(directory)).rejects.toThrow(hasCode("JOURNAL_DAMAGED"));
    await expect(openEngine(directory)).rejects.toThrow(hasCode("JOURNAL_DAMAGED"));
  });
});

test("a journal with a flipped bit gives an error that names the check; other workflows can be read", async () => {
  using directory = new TemporaryDirectory();
  const before = await SqliteWorkflowStore.open(directory.path);
  await before.commit([
    { kind: "create", workflow: storedWorkflow(1) },
    { kind: "create", workflow: storedWorkflow(2) },
    { kind: "append", id: 1, position: 0, lines: "a line\n" },
    { kind: "append", id: 2, position: 0, lines: "another line\n" },
  ]);
  await before.close();
  {
    using database = new DatabaseSync(directory.join(journalFileName));
    const row = database.prepare("SELECT lines FROM journal_starts WHERE workflow = 1").get();
    const lines = row?.["lines"] as Uint8Array;
    lines[lines.length - 2] = (lines[lines.length - 2] ?? 0) ^ 4;
    database.prepare("UPDATE journal_starts SET lines = ? WHERE workflow = 1").run(lines);
  }
  const store = await SqliteWorkflowStore.open(directory.path);
  try {
    await expect(store.lines(1)).rejects.toThrow(hasCode("JOURNAL_DAMAGED"));
    await expect(store.lines(1)).rejects.toThrow(`flawless check ${directory.path}`);
    expect(await store.lines(2)).toEqual(["another line\n"]);
  } finally {
    await store.close();
  }
});

async function readAll(directory: TemporaryDirectory): Promise<void> {
  const store = await SqliteWorkflowStore.open(directory.path);
  try {
    await store.list({ limit: 10 });
    await store.lines(1);
  } finally {
    await store.close();
  }
}

async function openEngine(directory: TemporaryDirectory): Promise<void> {
  const store = await SqliteWorkflowStore.open(directory.path);
  const engine = await Engine.open({ store, executors: sharedExecutors() });
  await engine.close();
}

test("a full disk makes commits fail and be retried; durable data stays", () => {
  using directory = new TemporaryDirectory();
  // The limit on a file's size stands for a full disk: SQLite gets an error for its write.
  const command = `ulimit -S -f 1000 && exec "$0" "$@"`;
  const output = execFileSync(
    "sh",
    ["-c", command, process.execPath, ...arguments_, directory.path, "fill"],
    { encoding: "utf8" },
  );
  const result = JSON.parse(output) as { durable: number };

  expect(result.durable).toBeGreaterThan(0);
  expect(result).toEqual({
    name: "StoreWriteError",
    retryable: true,
    durable: result.durable,
    wakeAt: result.durable,
    texts: result.durable,
  });
});

test("a closed journal says so, whichever method is called", async () => {
  using directory = new TemporaryDirectory();
  const store = await SqliteWorkflowStore.open(directory.path);
  await store.close();
  await store.close();

  await expect(store.lastId()).rejects.toThrow("The journal is closed");
  await expect(store.commit([])).rejects.toMatchObject({
    name: "StoreWriteError",
    retryable: false,
  });
});
