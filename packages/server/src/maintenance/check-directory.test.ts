import { createHash } from "node:crypto";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Engine } from "../engine/index.ts";
import { EngineError } from "../errors.ts";
import { intentLine, resultLine, stepLine } from "../journal/journal-line.ts";
import { journalFileName, SqliteWorkflowStore } from "../store/sqlite/sqlite-workflow-store.ts";
import { sharedExecutors } from "../testing/test-engine.ts";
import { type CheckReport, checkDirectory } from "./check-directory.ts";

const version = { module: "conformance", version: "1.0.0" };
const scheduled = { module: "conformance", workflow: "receive" };
let sound: TemporaryDirectory;

beforeAll(async () => {
  sound = new TemporaryDirectory();
  await using engine = await openEngine(sound);
  await engine.deploy(fixtureBytes("conformance"));
  const input = JSON.stringify({ ms: 1 });
  await engine.start({ ...version, workflow: "sleep_ms", input });
  await engine.start({ ...version, workflow: "receive", input: "null" }, { detached: true });
  await engine.schedules.create("s", { ...scheduled, cron: "0 3 * * *", timeZone: "Europe/Rome" });
  await engine.whenIdle();
});

afterAll(() => sound.remove());

async function openEngine(directory: TemporaryDirectory): Promise<Engine> {
  const store = await SqliteWorkflowStore.open(directory.path);
  return Engine.open({ store, executors: sharedExecutors() });
}

function copied(): TemporaryDirectory {
  const directory = new TemporaryDirectory();
  copyFileSync(sound.join(journalFileName), directory.join(journalFileName));
  return directory;
}

/** Runs each statement on its own connection, which reads the schema again. */
function change(directory: TemporaryDirectory, sql: string | readonly string[]): void {
  for (const text of [sql].flat()) {
    using database = new DatabaseSync(directory.join(journalFileName), { defensive: false });
    database.exec(text);
  }
}

function rewriteIndex(from: string, to: string): string {
  return `PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = replace(sql, '${from}', '${to}') WHERE name = 'wakeups'`;
}

function filesIn(directory: TemporaryDirectory): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(directory.path).map((name) => [
      name,
      createHash("sha256")
        .update(readFileSync(directory.join(name)))
        .digest("hex"),
    ]),
  );
}

describe("a sound journal", () => {
  test("has no faults, and is not changed", async () => {
    using directory = copied();
    const before = filesIn(directory);
    const report = await checkDirectory(directory.path, { repair: true });

    expect(report).toMatchObject({
      ok: true,
      findings: [],
      repaired: [],
      copy: null,
      workflows: 2,
    });
    expect(report.steps).toBeGreaterThan(2);
    expect(filesIn(directory)).toEqual(before);
  });

  test("may have workflows that continued as new, whose journals begin later", async () => {
    using directory = copied();
    change(
      directory,
      "UPDATE journal_starts SET position = position + 3; UPDATE workflows SET run = 2, journal_start = 3",
    );

    expect(await checkDirectory(directory.path)).toMatchObject({ ok: true, findings: [] });
  });

  test("is read together with its write-ahead log", async () => {
    using directory = new TemporaryDirectory();
    const store = await SqliteWorkflowStore.open(sound.path);
    await store.commit([
      {
        kind: "deploy",
        module: { name: "m", version: "1", hash: "h", deployedAt: 1, inspection: null },
        bytes: new Uint8Array(),
      },
    ]);
    for (const name of readdirSync(sound.path)) {
      copyFileSync(sound.join(name), directory.join(name));
    }
    await store.close();
    change(
      sound,
      "DELETE FROM modules WHERE hash = 'h'; DELETE FROM module_bytes WHERE hash = 'h'",
    );

    const { findings } = await checkDirectory(directory.path);
    expect(findings.map(({ what }) => what)).toEqual([
      "the bytes of module h are not those that were deployed",
    ]);
  });

  test("can't be checked while it is in use", async () => {
    using directory = copied();
    await using _engine = await openEngine(directory);

    await expect(checkDirectory(directory.path)).rejects.toMatchObject({
      code: "DIRECTORY_IN_USE",
    });
  });
});

test.each([
  ["no journal", ""],
  ["another program's file", "PRAGMA application_id = 7"],
])("a directory with %s is refused", async (_what, sql) => {
  using directory = new TemporaryDirectory();
  if (sql !== "") {
    change(directory, sql);
  }
  await expect(checkDirectory(directory.path, { repair: true })).rejects.toMatchObject({
    code: "DIRECTORY_UNUSABLE",
  });
});

const step = stepLine(1, '"TimeNow"', "5");

describe("what can't be repaired without a loss is reported, and not changed:", () => {
  test.each([
    [
      "a schedule that can't be read",
      "UPDATE schedules SET spec = '{'",
      'what is kept of schedule "s" can\'t be read',
    ],
    [
      "a schedule in a time zone that is unknown",
      "UPDATE schedules SET spec = replace(spec, 'Rome', 'Ancient_Rome')",
      'what is kept of schedule "s" can\'t be read',
    ],
    ["a schedule without its state", "UPDATE schedules SET state = '{}'", "can't be read"],
    [
      "a gap in a journal",
      "UPDATE journal_starts SET position = position + 100000",
      "of its journal is missing",
    ],
    [
      "lines of no sense",
      `UPDATE journal_starts SET lines = 'x' || lines`,
      "the journal is damaged",
    ],
    [
      "two answers to one call",
      `INSERT INTO journal SELECT id, 100000, '${resultLine(1, "1")}' FROM workflows WHERE status = 'completed'`,
      "of its journal is missing",
    ],
    [
      "a call that is no JSON",
      `UPDATE journal_starts SET lines = '${step.replace("5", "{")}' WHERE position = 0`,
      "step 1 of its journal is no JSON any more",
    ],
    [
      "an unknown status",
      "UPDATE workflows SET status = 'odd', ended_at = 1, wake_at = NULL",
      "unknown status",
    ],
    [
      "an input that is no JSON",
      "UPDATE workflows SET input = '{'",
      "its input is no JSON any more",
    ],
    [
      "a journal without its workflow",
      "DELETE FROM workflows WHERE status = 'completed'",
      "but not the workflow",
    ],
    [
      "changed bytes of a module",
      "UPDATE module_bytes SET bytes = x'00'",
      "are not those that were deployed",
    ],
    [
      "missing bytes of a module",
      "DELETE FROM module_bytes",
      "are missing: conformance 1.0.0 needs them",
    ],
    ["a missing table", "DROP TABLE mailbox", "the table mailbox is missing"],
  ])("the check reports %s, and doesn't change it", async (_what, sql, expected) => {
    using directory = copied();
    change(directory, sql);
    const before = filesIn(directory);
    const report = await checkDirectory(directory.path, { repair: true });

    expect(report.ok).toBe(false);
    expect(report.findings.map(({ what }) => what).join("\n")).toContain(expected);
    expect(report.findings.every(({ repair }) => repair === null)).toBe(true);
    expect(filesIn(directory)).toEqual(before);
  });

  test("very many findings are counted", async () => {
    using directory = copied();
    change(
      directory,
      `WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
       INSERT INTO journal SELECT i, 0, '${intentLine(1, '"Sleep"', "9")}' FROM n`,
    );
    const { findings } = await checkDirectory(directory.path);

    expect(findings).toHaveLength(21);
    expect(findings.at(-1)?.what).toBe("and 70 more: rows of no workflow");
  });
});

describe("what can be repaired without a loss is repaired, after a copy:", () => {
  test.each([
    ["a missing index", "DROP INDEX wakeups; DROP INDEX unusual", "the index wakeups is missing"],
    [
      "an index that does not fit",
      [
        "UPDATE workflows SET wake_at = 0, waiting = NULL WHERE status = 'running'",
        rewriteIndex("wake_at IS NOT NULL", "wake_at IS NULL"),
        "REINDEX",
        rewriteIndex("wake_at IS NULL", "wake_at IS NOT NULL"),
      ],
      "missing from index wakeups",
    ],
    [
      "a workflow that would never wake",
      "UPDATE workflows SET wake_at = NULL, waiting = NULL WHERE status = 'running'",
      "would never be woken",
    ],
    [
      "a workflow that has ended, but would wake",
      "UPDATE workflows SET wake_at = 5 WHERE status = 'completed'",
      "it has ended, but is to be woken",
    ],
  ])("the check repairs %s, after a copy", async (_what, sql, expected) => {
    using directory = copied();
    change(directory, sql);
    const damaged = readFileSync(directory.join(journalFileName));
    const told = await checkDirectory(directory.path);
    const report = await checkDirectory(directory.path, { repair: true });

    expect(told.ok).toBe(false);
    expect(told.findings.map(({ what }) => what).join("\n")).toContain(expected);
    expect(told.findings.every(({ repair }) => repair !== null)).toBe(true);
    expect(report).toMatchObject({ ok: true, findings: [], workflows: 2 });
    expect(readFileSync(report.copy ?? "").equals(damaged)).toBe(true);

    await using engine = await openEngine(directory);
    const { workflows } = await engine.list({ status: "running" });
    const id = workflows[0]?.id ?? "";
    await engine.send(id, "approve", '{"by":"Ann"}');
    expect(await engine.wait(id, { timeoutMs: 20_000 })).toMatchObject({ status: "completed" });
  });
});

/** What happened with a file in which part of a page was overwritten. */
interface Outcome {
  readonly place: number;
  /** The code of the engine's error; undefined if there is none. */
  readonly code: string | undefined;
  /** Whether the error says what to do. */
  readonly advises: boolean;
  readonly fileIsAsItWas: boolean;
  /** Whether the check finds a fault, or the rows are the same. */
  readonly checked: boolean;
}

const places = 24;

async function damagedAt(place: number): Promise<Outcome> {
  using directory = copied();
  const file = directory.join(journalFileName);
  const bytes = readFileSync(file);
  const at = Math.floor((bytes.length * place) / places);
  writeFileSync(file, bytes.fill(0xa5, at, at + 200));
  const error = await outcomeOf(readAll(directory));
  const fileIsAsItWas =
    error === undefined || withoutCounters(readFileSync(file)).equals(withoutCounters(bytes));
  const report = await checkDirectory(directory.path).catch((reason: unknown) => reason);
  const checked =
    report instanceof EngineError
      ? report.code === "DIRECTORY_UNUSABLE"
      : !(report as CheckReport).ok || rowsOf(directory) === rowsOf(sound);
  const { code, message = "" } = (error ?? {}) as Partial<EngineError>;
  return { place, code, advises: message.includes("flawless check"), fileIsAsItWas, checked };
}

async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error;
  }
}

test("a file with changed bytes causes an error that names the check, and stays unchanged", async () => {
  const outcomes: Outcome[] = [];
  for (let place = 0; place < places; place += 1) {
    outcomes.push(await damagedAt(place));
  }
  const known = [undefined, "JOURNAL_DAMAGED", "DIRECTORY_UNUSABLE"];

  expect(outcomes.filter(({ code }) => code === "JOURNAL_DAMAGED").length).toBeGreaterThan(10);
  expect(outcomes.filter(({ code }) => !known.includes(code))).toEqual([]);
  expect(outcomes.filter(({ code, advises }) => code === "JOURNAL_DAMAGED" && !advises)).toEqual(
    [],
  );
  expect(outcomes.filter(({ fileIsAsItWas }) => !fileIsAsItWas)).toEqual([]);
  expect(outcomes.filter(({ checked }) => !checked)).toEqual([]);
}, 120_000);

/** The file without its change counters. Source: sqlite.org/fileformat2.html#the_database_header */
function withoutCounters(file: Buffer): Buffer {
  return Buffer.from(file).fill(0, 24, 28).fill(0, 92, 96);
}

function rowsOf(directory: TemporaryDirectory): string {
  using database = new DatabaseSync(directory.join(journalFileName), { readOnly: true });
  return [
    "workflows",
    "kinds",
    "journal_starts",
    "journal",
    "mailbox",
    "notes",
    "modules",
    "module_bytes",
  ]
    .map((table) => JSON.stringify(database.prepare(`SELECT * FROM ${table}`).all()))
    .join();
}

async function readAll(directory: TemporaryDirectory): Promise<void> {
  const store = await SqliteWorkflowStore.open(directory.path);
  try {
    for (const { id } of await store.list({ limit: 10 })) {
      await store.lines(id);
      await store.mailbox(id);
    }
    for (const { hash } of await store.modules()) {
      await store.moduleBytes(hash);
    }
    await store.wakeups(null, 10);
  } finally {
    await store.close();
  }
  await (await openEngine(directory)).close();
}
