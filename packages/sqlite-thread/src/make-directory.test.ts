import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeDataDirectory, makeDirectory } from "./make-directory.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "make-directory-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("creates what is missing, with the given mode, and nothing twice", () => {
  const path = join(directory, "a/b/c");
  makeDirectory(path, 0o700);
  makeDirectory(path, 0o700);
  expect([path, join(path, "..")].map((each) => statSync(each).mode & 0o777)).toEqual([
    0o700, 0o700,
  ]);
});

test("refuses a path that is a file or inside one", () => {
  const file = join(directory, "file");
  writeFileSync(file, "");
  expect(() => makeDirectory(file)).toThrow("EEXIST");
  expect(() => makeDirectory(join(file, "a"))).toThrow(/ENOTDIR|EEXIST/);
});

// Node's own `mkdir` with `recursive` loops forever there.
test.runIf(existsSync("/proc/self"))("refuses a path where nothing can be created", () => {
  expect(() => makeDirectory("/proc/flawless/data")).toThrow("ENOENT");
});

test("a new data directory tells Git to ignore it; an existing one stays as it is", () => {
  makeDataDirectory(join(directory, "a/new"));
  expect(readFileSync(join(directory, "a/new/.gitignore"), "utf8")).toBe("*\n");
  expect(readdirSync(join(directory, "a"))).toEqual(["new"]);
  makeDataDirectory(join(directory, "a"));
  expect(readdirSync(join(directory, "a"))).toEqual(["new"]);
});
