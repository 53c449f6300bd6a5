import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { waitForChange } from "./wait-for-change.ts";

let directory: string;
let file: string;
const signal = new AbortController().signal;
const longAgo = new Date(0);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "watch-"));
  file = join(directory, "orders.ts");
  writeFileSync(file, "1");
  utimesSync(file, longAgo, longAgo);
});

afterEach(() => rmSync(directory, { recursive: true }));

test("ends when a file is written", async () => {
  const changed = waitForChange([file], Date.now(), signal);
  writeFileSync(file, "2");
  expect(await changed).toBe(true);
});

test("ends when another file takes its place", async () => {
  const changed = waitForChange([file], Date.now(), signal);
  writeFileSync(join(directory, "new"), "2");
  renameSync(join(directory, "new"), file);
  expect(await changed).toBe(true);
});

test("ends at once when a file has changed since", async () => {
  const since = Date.now() - 60_000;
  writeFileSync(file, "2");
  expect(await waitForChange([file], since, signal)).toBe(true);
});

test("ends with the signal, also one that was given before", async () => {
  const controller = new AbortController();
  const changed = waitForChange([file], Date.now(), controller.signal);
  controller.abort();
  expect(await changed).toBe(false);
  expect(await waitForChange([file], Date.now(), controller.signal)).toBe(false);
});
