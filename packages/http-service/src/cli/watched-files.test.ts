import { renameSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TemporaryDirectory } from "../testing/index.ts";
import { WatchedFiles } from "./watched-files.ts";

test("a file that is written again, or replaced by another, is noticed", async () => {
  using directory = new TemporaryDirectory();
  const path = directory.join("file");
  const next = directory.join("next");
  writeFileSync(path, "one");
  let noticed = Promise.withResolvers<void>();
  using _files = new WatchedFiles([path], () => noticed.resolve(), { intervalMs: 5 });
  writeFileSync(path, "another");
  await noticed.promise;

  noticed = Promise.withResolvers();
  writeFileSync(next, "new one");
  renameSync(next, path);
  await expect(noticed.promise).resolves.toBeUndefined();
});

test("SIGHUP counts as a change, until it is disposed of", () => {
  let changes = 0;
  const before = process.listenerCount("SIGHUP");
  {
    using _files = new WatchedFiles([], () => (changes += 1));
    process.emit("SIGHUP");
  }
  expect(process.listenerCount("SIGHUP")).toBe(before);
  expect(changes).toBe(1);
});
