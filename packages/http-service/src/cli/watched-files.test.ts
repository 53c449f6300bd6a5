import { renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { WatchedFiles } from "./watched-files.ts";

test("notices a file that is rewritten or replaced", async () => {
  using directory = new TemporaryDirectory();
  const path = directory.join("file");
  const next = directory.join("next");
  writeFileSync(path, "one");
  let noticed = Promise.withResolvers<void>();
  using _files = new WatchedFiles([path], () => noticed.resolve(), { intervalMs: 5 });
  // Immediately, and then nothing else changes it.
  writeFileSync(path, "another");
  await noticed.promise;

  noticed = Promise.withResolvers();
  writeFileSync(next, "new one");
  renameSync(next, path);
  await expect(noticed.promise).resolves.toBeUndefined();
});

test("notices a file that is removed, and one that is created", async () => {
  using directory = new TemporaryDirectory();
  const path = directory.join("file");
  let noticed = Promise.withResolvers<void>();
  using _files = new WatchedFiles([path], () => noticed.resolve(), { intervalMs: 5 });
  writeFileSync(path, "one");
  await noticed.promise;

  noticed = Promise.withResolvers();
  rmSync(path);
  await expect(noticed.promise).resolves.toBeUndefined();
});

test("notices a change that keeps the size and resets the time", async () => {
  using directory = new TemporaryDirectory();
  const path = directory.join("file");
  writeFileSync(path, "one");
  const { atime, mtime } = statSync(path);
  const noticed = Promise.withResolvers<void>();
  using _files = new WatchedFiles([path], () => noticed.resolve(), { intervalMs: 5 });
  writeFileSync(path, "two");
  utimesSync(path, atime, mtime);
  await expect(noticed.promise).resolves.toBeUndefined();
});

test("treats SIGHUP as a change, until it is disposed", () => {
  let changes = 0;
  const before = process.listenerCount("SIGHUP");
  {
    using _files = new WatchedFiles([], () => (changes += 1));
    process.emit("SIGHUP");
  }
  expect(process.listenerCount("SIGHUP")).toBe(before);
  expect(changes).toBe(1);
});
