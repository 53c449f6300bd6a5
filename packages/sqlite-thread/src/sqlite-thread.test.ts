import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { copyDatabase } from "./copy-database.ts";
import { SqliteThread } from "./sqlite-thread.ts";
import { startThread } from "./start-thread.ts";
import type { NotesStore } from "./testing/notes-store.ts";

const fileName = "notes.sqlite";
let directory: string;
let thread: SqliteThread<NotesStore> | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sqlite-thread-"));
});

afterEach(async () => {
  await thread?.close();
  thread = undefined;
  rmSync(directory, { recursive: true, force: true });
});

async function open(path: string = directory): Promise<SqliteThread<NotesStore>> {
  return SqliteThread.open<NotesStore>({
    directory: path,
    fileName,
    what: "notebook",
    start: (options) => startThread(import.meta.url, "./testing/notes-thread", options),
  });
}

describe("a SQLite thread", () => {
  test("stores what was written, in a file that only its owner can read", async () => {
    thread = await open(join(directory, "a", "b"));
    expect(await thread.write("add", ["one", "two"])).toBe(2);
    await thread.close();
    expect(statSync(join(directory, "a", "b", fileName)).mode & 0o777).toBe(0o600);

    thread = await open(join(directory, "a", "b"));
    expect(await thread.read("texts")).toEqual(["one", "two"]);
  });

  test("handles requests in order: a read sees only the writes before it", async () => {
    thread = await open();
    const [, first, , second, inTransaction] = await Promise.all([
      thread.write("add", ["one"]),
      thread.read("texts"),
      thread.write("add", ["two"]),
      thread.read("texts"),
      thread.read("isInTransaction"),
    ]);
    expect([first, second, inTransaction]).toEqual([["one"], ["one", "two"], false]);
  });

  test("rolls back a write that fails midway, but none of those that arrived with it", async () => {
    thread = await open();
    const outcomes = await Promise.allSettled([
      thread.write("add", ["one"]),
      thread.write("add", ["two", "one"]),
      thread.write("add", ["three"]),
      ...Array.from({ length: 600 }, (_, index) => thread?.write("add", [`more ${index}`])),
    ]);

    expect(outcomes.slice(0, 3).map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    expect(outcomes[1]).toMatchObject({ reason: { name: "SqliteFailure", retryable: false } });
    expect((await thread.read("texts")).slice(0, 3)).toEqual(["one", "three", "more 0"]);
    expect(await thread.read("texts")).toHaveLength(602);
  });

  test("can be used from elsewhere until it is closed", async () => {
    thread = await open();
    const elsewhere = SqliteThread.over<NotesStore>(await thread.connect(), "notebook");
    const another = SqliteThread.over<NotesStore>(await thread.connect(), "notebook");
    await thread.write("add", ["one"]);
    expect(await elsewhere.write("add", ["two"])).toBe(1);
    expect(await another.read("texts")).toEqual(["one", "two"]);
    await expect(elsewhere.write("add", ["one"])).rejects.toMatchObject({ name: "SqliteFailure" });
    await another.close();
    await expect(another.read("texts")).rejects.toThrow("The notebook is closed");
    expect(await elsewhere.read("texts")).toEqual(["one", "two"]);
    await thread.close();

    await expect(elsewhere.read("texts")).rejects.toThrow("The notebook is closed");
  });

  test("finishes all requests before it closes, then says that it is closed", async () => {
    thread = await open();
    const write = thread.write("add", ["one"]);
    await thread.close();
    await thread.close();

    expect(await write).toBe(1);
    await expect(thread.read("texts")).rejects.toThrow("The notebook is closed");
  });

  test("says why a file can't be opened", async () => {
    thread = await open();
    await expect(open()).rejects.toMatchObject({ reason: "in-use" });
    await thread.close();
    await expect(open(join(directory, fileName))).rejects.toMatchObject({ reason: "unusable" });
    writeFileSync(join(directory, fileName), "no database at all\n".repeat(500));
    await expect(open()).rejects.toMatchObject({
      reason: "damaged",
      message: expect.stringContaining("The notebook"),
    });
  });
});

describe("a missing write-ahead log", () => {
  const log = (): string => join(directory, `${fileName}-wal`);
  const marker = (): string => join(directory, `${fileName}-open`);

  /** Leaves the files that a killed process leaves. */
  async function leaveBehind(): Promise<void> {
    thread = await open();
    await thread.write("add", ["one"]);
    const killed = join(directory, "killed");
    mkdirSync(killed);
    const names = [fileName, `${fileName}-wal`, `${fileName}-open`];
    names.forEach((name) => copyFileSync(join(directory, name), join(killed, name)));
    await thread.close();
    names.forEach((name) => copyFileSync(join(killed, name), join(directory, name)));
    thread = undefined;
  }

  test("is reported after a process was killed, until that is accepted", async () => {
    await leaveBehind();
    rmSync(log());
    await expect(open()).rejects.toMatchObject({
      reason: "damaged",
      message: expect.stringContaining(`${log()} is missing`),
    });
    rmSync(marker());
    thread = await open();

    expect(await thread.read("texts")).toEqual([]);
  });

  test("is not reported if the log exists, or the process ended properly", async () => {
    await leaveBehind();
    thread = await open();
    expect(await thread.read("texts")).toEqual(["one"]);
    await thread.close();

    expect([existsSync(marker()), existsSync(log())]).toEqual([false, false]);
    thread = await open();
    expect(await thread.read("texts")).toEqual(["one"]);
  });

  test("is not reported if the process exited without closing the file", async () => {
    const script = fileURLToPath(new URL("testing/write-and-exit.ts", import.meta.url));
    const parameters = ["--conditions=@flawless-ts/source", script, directory, fileName];
    expect(spawnSync(process.execPath, parameters).status).toBe(3);

    thread = await open();
    expect(await thread.read("texts")).toEqual(["one"]);
  });

  test("is none where the process exited before the file was open", async () => {
    await leaveBehind();
    const script = fileURLToPath(new URL("testing/exit-while-opening.ts", import.meta.url));
    const parameters = ["--conditions=@flawless-ts/source", script, directory, fileName];
    expect(spawnSync(process.execPath, parameters).status).toBe(3);

    thread = await open();
    expect(await thread.read("texts")).toEqual(["one", "two"]);
  });

  test("is still told where the process exits before the file is open", async () => {
    await leaveBehind();
    rmSync(log());
    const script = fileURLToPath(new URL("testing/exit-before-opening.ts", import.meta.url));
    const parameters = ["--conditions=@flawless-ts/source", script, directory, fileName];
    expect(spawnSync(process.execPath, parameters).status).toBe(3);

    await expect(open()).rejects.toMatchObject({ reason: "damaged" });
  });

  test("is none where the thread ended without closing the file", async () => {
    const script = fileURLToPath(new URL("testing/lose-the-thread.ts", import.meta.url));
    const parameters = ["--conditions=@flawless-ts/source", script, directory, fileName];
    expect(spawnSync(process.execPath, parameters).status).toBe(3);

    expect([existsSync(marker()), existsSync(log())]).toEqual([false, false]);
    thread = await open();
    expect(await thread.read("texts")).toEqual(["one"]);
  });

  test("is none where another file was put in place", async () => {
    await leaveBehind();
    rmSync(log());
    const content = readFileSync(join(directory, fileName));
    // Two files that exist at the same time have different inode numbers.
    writeFileSync(join(directory, "backup"), content);
    renameSync(join(directory, "backup"), join(directory, fileName));
    thread = await open();

    expect(await thread.read("texts")).toEqual([]);
  });
});

test("a FIFO in place of the file or its log is refused", async () => {
  for (const name of [fileName, `${fileName}-wal`]) {
    execFileSync("mkfifo", [join(directory, name)]);
    await expect(open()).rejects.toMatchObject({
      reason: "unusable",
      message: expect.stringContaining("is not a regular file"),
    });
    rmSync(join(directory, name));
  }
});

describe("a backup", () => {
  test("contains what was acknowledged before it, while writes continue", async () => {
    thread = await open();
    const text = "x".repeat(10_000);
    const before = Array.from({ length: 500 }, (_, number) => `${number} ${text}`);
    await thread.write("add", before);
    const copy = join(directory, "copy");
    mkdirSync(copy);
    const [, ...later] = await Promise.all([
      thread.backup(join(copy, fileName)),
      ...Array.from({ length: 50 }, (_, number) => thread?.write("add", [`later ${number}`])),
    ]);
    await thread.close();
    thread = await open(copy);
    const texts = await thread.read("texts");

    expect(later).toEqual(Array.from({ length: 50 }, () => 1));
    expect(texts.slice(0, 500)).toEqual(before);
  });

  test("succeeds even if a transaction blocks it for a while", async () => {
    const database = new DatabaseSync(join(directory, fileName));
    database.exec(
      "PRAGMA journal_mode = WAL; CREATE TABLE t (a); BEGIN IMMEDIATE; INSERT INTO t VALUES (1)",
    );
    const copied = copyDatabase(database, join(directory, "copy"));
    setImmediate(() => database.exec("COMMIT"));
    await copied;
    database.close();
    const copy = new DatabaseSync(join(directory, "copy"));
    const row = copy.prepare("SELECT a FROM t").get();
    copy.close();

    expect(row).toEqual({ a: 1 });
  });

  test("that can't be written fails, and harms nothing", async () => {
    thread = await open();
    await thread.write("add", ["one"]);

    await expect(thread.backup(join(directory, "none", "copy"))).rejects.toMatchObject({
      name: "SqliteFailure",
    });
    expect(await thread.read("texts")).toEqual(["one"]);
  });
});
