import { mkdtempDisposableSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { closeDatabase, openDatabase } from "./open-database.ts";
import { ReadOnlyDatabase } from "./read-only-database.ts";

const format = {
  applicationId: 0x74657374,
  schemaVersion: 1,
  schema: "CREATE TABLE notes (text);",
};

function made({ path }: { readonly path: string }): string {
  const file = join(path, "notes.sqlite");
  closeDatabase(openDatabase(file, format), file);
  return file;
}

function rowsOf({ database }: ReadOnlyDatabase): number {
  return Number(database.prepare("SELECT count(*) AS n FROM notes").get()?.["n"]);
}

test("reading leaves no files behind", () => {
  using directory = mkdtempDisposableSync(join(tmpdir(), "read-only-"));
  const reader = new ReadOnlyDatabase(made(directory));
  expect(rowsOf(reader)).toBe(0);
  expect(readdirSync(directory.path)).toContain("notes.sqlite-shm");
  reader[Symbol.dispose]();
  reader[Symbol.dispose]();
  expect(readdirSync(directory.path)).toEqual(["notes.sqlite"]);
});

test("reading keeps a log, and the files of another reader", () => {
  using directory = mkdtempDisposableSync(join(tmpdir(), "read-only-"));
  const file = made(directory);
  using writer = new DatabaseSync(file);
  writer.exec("INSERT INTO notes VALUES ('kept in the log')");
  const before = readdirSync(directory.path);
  expect(before).toEqual(["notes.sqlite", "notes.sqlite-shm", "notes.sqlite-wal"]);
  using reader = new ReadOnlyDatabase(file);
  expect(rowsOf(reader)).toBe(1);
  reader[Symbol.dispose]();
  expect(readdirSync(directory.path)).toEqual(before);
});

test("what a killed reader left is removed when the database is opened for writing", () => {
  using directory = mkdtempDisposableSync(join(tmpdir(), "read-only-"));
  const file = made(directory);
  // SQLite itself leaves them when a reader closes a database, as a kill does.
  const killed = new DatabaseSync(file, { readOnly: true });
  killed.prepare("SELECT * FROM notes").all();
  killed.close();
  expect(readdirSync(directory.path)).toContain("notes.sqlite-shm");
  const database = openDatabase(file, format);
  expect(readdirSync(directory.path)).not.toContain("notes.sqlite-shm");
  closeDatabase(database, file);
  expect(readdirSync(directory.path)).toEqual(["notes.sqlite"]);
});
