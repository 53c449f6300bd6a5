import { createHash } from "node:crypto";
import { copyFileSync, readdirSync, readFileSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { closeDatabase } from "@flawless-ts/sqlite-thread";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { intentLine, resultLine, stepLine } from "../../journal/journal-line.ts";
import { backUpDirectory } from "../../maintenance/back-up-directory.ts";
import { checkDirectory } from "../../maintenance/check-directory.ts";
import { openServer } from "../../server.ts";
import { type OldWorkflow, writeOldFormat } from "../../testing/directory-of-format-5.ts";
import { storedWorkflow } from "../../testing/stored-workflow.ts";
import { isMovingFrom5 } from "./move-from-5.ts";
import { SqliteStore } from "./sqlite-store.ts";
import { SqliteWholeStore } from "./sqlite-whole-store.ts";
import { journalFileName, SqliteWorkflowStore } from "./sqlite-workflow-store.ts";

const until = "2027-01-02T03:04:05.678Z";
const wakeAt = Date.parse(until);
const modules = [Buffer.from("one"), Buffer.from("two")] as const;
const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const step = (at: number): string => stepLine(at, '"TimeNow"', String(at));

/** More than fit in one transaction. */
const many: readonly OldWorkflow[] = Array.from({ length: 510 }, (_, index) => ({
  workflow: storedWorkflow(index + 100, {
    status: "completed",
    wakeAt: null,
    endedAt: 6,
    response: '"r"',
  }),
  appends: Array.from({ length: 12 }, (__, place) => step(index + place)),
}));
const old: readonly OldWorkflow[] = [
  {
    workflow: storedWorkflow(1, {
      moduleHash: hashOf(modules[0]),
      input: JSON.stringify({ text: "x".repeat(300) }),
      waiting: { on: "sleep", until },
      wakeAt,
      idempotencyKey: "k",
    }),
    appends: [step(1) + intentLine(2, '{"Sleep":{"secs":9,"nanos":0}}', String(wakeAt))],
  },
  {
    workflow: storedWorkflow(2, {
      parent: 1,
      root: 1,
      depth: 1,
      bound: true,
      waiting: { on: "message", types: ["go"], until: null },
      wakeAt: null,
      journalStart: 3,
      run: 2,
      moduleHash: hashOf(modules[1]),
      labels: { customer: "c-7" },
    }),
    appends: [
      intentLine(1, '"a"', ""),
      resultLine(2, "1") + step(3),
      'S\t1\t"\u{1F600}"\t1\n',
      step(4),
    ],
  },
  {
    workflow: storedWorkflow(3, {
      status: "failed",
      wakeAt: null,
      endedAt: 7,
      failure: { code: "PANIC", message: "why" },
      response: JSON.stringify({ text: "y".repeat(300) }),
    }),
    appends: [],
  },
  ...many,
];

async function expectAll(directory: TemporaryDirectory, format: 4 | 5): Promise<void> {
  const store = await SqliteWorkflowStore.open(directory.path);
  try {
    for (const { workflow, appends } of old.slice(0, 5)) {
      const labels = format === 4 ? {} : workflow.labels;
      expect(await store.workflow(workflow.id)).toEqual({ ...workflow, labels });
      expect(await store.lines(workflow.id)).toEqual(appends);
    }
    expect(await store.workflowByIdempotencyKey("k")).toMatchObject({ id: 1 });
    expect(await store.wakeups(null, 9)).toEqual([{ id: 1, wakeAt }]);
    expect(await store.ids({ childrenOf: 1, limit: 9 })).toEqual([2]);
    expect(await store.lastId()).toBe(609);
  } finally {
    await store.close();
  }
  expect(await checkDirectory(directory.path)).toMatchObject({
    ok: true,
    findings: [],
    workflows: old.length,
  });
  using whole = new SqliteWholeStore(directory.path);
  const moved: unknown[] = [];
  for (let after = -1; ;) {
    const batch = await whole.workflows(after);
    moved.push(...batch.map(({ workflow: { id }, appends }) => ({ id, appends })));
    const last = batch.at(-1);
    if (last === undefined) {
      break;
    }
    after = last.workflow.id;
  }
  expect(moved).toEqual(
    old.map(({ workflow: { id, journalStart }, appends }) => ({
      id,
      appends: appends.map((lines, index) => ({ position: journalStart + index, lines })),
    })),
  );
}

/** As above, but without a thread, and with only what may be lost. */
function expectMoved(directory: TemporaryDirectory): void {
  const file = directory.join(journalFileName);
  const store = new SqliteStore(file);
  try {
    const ids = store.ids({ limit: 9_999 }).toReversed();
    expect(ids).toEqual(old.map(({ workflow }) => workflow.id));
    expect(ids.map((id) => store.lines(id))).toEqual(old.map(({ appends }) => appends));
    expect(store.workflow(2)).toEqual(old[1]?.workflow);
    expect(isMovingFrom5(store.database)).toBe(false);
    // The file shrinks, too: only a few pages of it are free.
    const free = store.database.prepare("PRAGMA freelist_count").get()?.["freelist_count"];
    expect(free).toBeLessThan(5);
  } finally {
    closeDatabase(store.database, file);
  }
}

describe("a file", () => {
  test.each([4, 5] as const)("of format %d is upgraded, with everything in it", async (format) => {
    using directory = new TemporaryDirectory();
    writeOldFormat(directory.join(journalFileName), format, old, modules);
    const before = statSync(directory.join(journalFileName)).size;

    await expectAll(directory, format);
    expect(statSync(directory.join(journalFileName)).size).toBeLessThan(before * 0.7);
  });

  test("continues an interrupted upgrade, at each of its commits", async () => {
    using start = new TemporaryDirectory();
    writeOldFormat(start.join(journalFileName), 5, old, modules);
    let commits = 0;
    for (let crashAt = 1; ; crashAt += 1) {
      using directory = new TemporaryDirectory();
      if (!(await crashing(start, directory, crashAt))) {
        break;
      }
      commits += 1;
      expectMoved(directory);
    }
    // The tables, two parts of the workflows, and the end.
    expect(commits).toBeGreaterThanOrEqual(4);
  });
});

test("a file that can't be brought up to date, as on a full disk, is closed in order, and goes on the next time", () => {
  using directory = new TemporaryDirectory();
  writeOldFormat(directory.join(journalFileName), 5, old, modules);
  const exec = DatabaseSync.prototype.exec;
  let commits = 0;
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
    if (sql === "COMMIT") {
      commits += 1;
      if (commits === 2) {
        throw new Error("database or disk is full");
      }
    }
    exec.call(this, sql);
  };
  try {
    expect(() => new SqliteStore(directory.join(journalFileName))).toThrow("disk is full");
  } finally {
    DatabaseSync.prototype.exec = exec;
  }
  expect(readdirSync(directory.path)).toEqual([journalFileName]);
  expectMoved(directory);
});

test("a file with a damaged workflow is upgraded, and stays damaged", async () => {
  using directory = new TemporaryDirectory();
  const file = directory.join(journalFileName);
  writeOldFormat(file, 5, old.slice(0, 3), modules);
  {
    using database = new DatabaseSync(file);
    database.exec("UPDATE workflows SET waiting = '{', failure = '{', response = '{' WHERE id = 2");
  }
  const store = await SqliteWorkflowStore.open(directory.path);
  expect(await store.lines(2)).toEqual(old[1]?.appends);
  expect(await store.workflow(3)).toEqual(old[2]?.workflow);
  await store.close();

  const { findings } = await checkDirectory(directory.path);
  expect(findings.map(({ what }) => what.replace(/^workflow \w+: /, ""))).toEqual([
    "its response is no JSON any more",
    "its waiting is no JSON any more",
    "its failure is no JSON any more",
    "it runs, waits for no message, and would never be woken",
  ]);
  using whole = new SqliteWholeStore(directory.path);
  await expect(whole.workflows(-1)).rejects.toMatchObject({
    code: "JOURNAL_DAMAGED",
    message: expect.stringContaining("flawless check") as string,
  });
});

test("a server logs when it begins to upgrade a file, and when it has done so", async () => {
  using directory = new TemporaryDirectory();
  writeOldFormat(directory.join(journalFileName), 5, many.slice(0, 3), modules);
  const lines: string[] = [];
  const logger = pino({ base: null, timestamp: false }, { write: (line) => lines.push(line) });
  for (const _ of ["the first time", "the second time, without a word"]) {
    await using server = await openServer({ directory: directory.path, port: 0, logger });
    expect(server.url).toContain("http");
  }
  const fields = { level: 30, directory: directory.path, workflows: 3 };
  const logged = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  expect(logged.filter(({ msg }) => String(msg).includes("up to date"))).toEqual([
    { ...fields, msg: "bringing the directory up to date, 3 workflows" },
    { ...fields, msg: "the directory is up to date" },
  ]);
});

test("a file of an older format is not checked or copied until a server has upgraded it", async () => {
  using directory = new TemporaryDirectory();
  writeOldFormat(directory.join(journalFileName), 5, [], []);
  const before = readFileSync(directory.join(journalFileName));

  await expect(backUpDirectory(directory.path, directory.join("copy"))).rejects.toThrow(
    "Start a server on its directory",
  );
  expect(readFileSync(directory.join(journalFileName))).toEqual(before);

  await expect(checkDirectory(directory.path)).rejects.toThrow("Start a server on its directory");
  expect(() => new SqliteWholeStore(directory.path)).toThrow("Start a server on its directory");
});

test("a half-upgraded file is neither checked nor copied", async () => {
  using start = new TemporaryDirectory();
  using directory = new TemporaryDirectory();
  writeOldFormat(start.join(journalFileName), 5, old, modules);
  await crashing(start, directory, 2);

  const copy = directory.join("copy");
  await expect(backUpDirectory(directory.path, copy)).rejects.toThrow("that has not ended");
  await expect(checkDirectory(directory.path)).rejects.toThrow("that has not ended");
  expect(() => new SqliteWholeStore(directory.path)).toThrow("that has not ended");
});

/**
 * Opens a copy of a directory, which loses everything from a given commit on.
 * @returns whether there was such a commit
 */
async function crashing(
  from: TemporaryDirectory,
  to: TemporaryDirectory,
  crashAt: number,
): Promise<boolean> {
  const copy = (source: TemporaryDirectory, target: TemporaryDirectory): void =>
    readdirSync(source.path).forEach((name) => copyFileSync(source.join(name), target.join(name)));
  using working = new TemporaryDirectory();
  copy(from, working);
  const exec = DatabaseSync.prototype.exec;
  let commits = 0;
  let isCopied = false;
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
    exec.call(this, sql);
    if (/\bCOMMIT\b/.test(sql)) {
      commits += 1;
      if (commits === crashAt) {
        isCopied = true;
        copy(working, to);
      }
    }
  };
  try {
    const file = working.join(journalFileName);
    closeDatabase(new SqliteStore(file).database, file);
  } finally {
    DatabaseSync.prototype.exec = exec;
  }
  return isCopied;
}
