import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  utimesSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FileStates, fileStates, waitForChange } from "./wait-for-change.ts";

let directory: string;
let file: string;
const signal = new AbortController().signal;
const longAgo = new Date(0);

/** Nothing is known of the files but a time. */
function after(since: number): FileStates {
  return { since, states: new Map() };
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "watch-"));
  file = join(directory, "orders.ts");
  writeFileSync(file, "1");
  utimesSync(file, longAgo, longAgo);
});

afterEach(() => rmSync(directory, { recursive: true }));

test("ends when a file is written", async () => {
  const changed = waitForChange([file], after(Date.now()), signal);
  writeFileSync(file, "2");
  expect(await changed).toBe(true);
});

test("ends when another file replaces it", async () => {
  const changed = waitForChange([file], after(Date.now()), signal);
  writeFileSync(join(directory, "new"), "2");
  renameSync(join(directory, "new"), file);
  expect(await changed).toBe(true);
});

test("ends immediately if a file has changed since", async () => {
  const since = Date.now() - 60_000;
  writeFileSync(file, "2");
  expect(await waitForChange([file], after(since), signal)).toBe(true);
});

test("ends when a file is deleted, and when it is restored, also with its folder", async () => {
  const part = join(directory, "parts/of/part.ts");
  mkdirSync(dirname(part), { recursive: true });
  writeFileSync(part, "1");
  utimesSync(part, longAgo, longAgo);
  const gone = waitForChange([part], after(Date.now()), signal);
  rmSync(join(directory, "parts"), { recursive: true });
  expect(await gone).toBe(true);

  let back = waitForChange([part], after(Date.now()), signal);
  mkdirSync(join(directory, "parts"));
  expect(await back).toBe(true);
  back = waitForChange([part], after(Date.now()), signal);
  mkdirSync(join(directory, "parts/of"));
  expect(await back).toBe(true);
  back = waitForChange([part], after(Date.now()), signal);
  writeFileSync(part, "2");
  expect(await back).toBe(true);
});

test("ends when a folder is moved away", async () => {
  mkdirSync(join(directory, "parts"));
  const gone = waitForChange([join(directory, "parts/part.ts")], after(Date.now()), signal);
  renameSync(join(directory, "parts"), join(directory, "away"));
  expect(await gone).toBe(true);
});

test("ends immediately if a file was moved to its path since, however old its content", async () => {
  const since = Date.now() - 60_000;
  renameSync(file, join(directory, "moved.ts"));
  expect(await waitForChange([join(directory, "moved.ts")], after(since), signal)).toBe(true);
});

test("goes on while other files come and go, and folders get content", async () => {
  const missing = join(directory, "parts/part.ts");
  const folder = join(directory, "folder");
  mkdirSync(folder);
  const files = [file, missing, folder];
  const before = await fileStates(files);
  writeFileSync(join(folder, "part.ts"), "1");
  const controller = new AbortController();
  const changed = waitForChange(files, before, controller.signal);
  const other = watch(directory);
  // Both watchers get the same events, in the same turn.
  const seen = once(other, "change");
  const temporary = mkdtempSync(join(directory, "build-"));
  rmSync(temporary, { recursive: true });
  await seen;
  other.close();
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  expect(await changed).toBe(false);
});

test("goes on if the time of a file lies in the future", async () => {
  const since = Date.now() + 60_000;
  utimesSync(file, new Date(since + 1), new Date(since + 1));
  const controller = new AbortController();
  const changed = waitForChange([file], after(since), controller.signal);
  controller.abort();
  expect(await changed).toBe(false);
});

test("ends with the signal, even if it was aborted before", async () => {
  const controller = new AbortController();
  // The file was written within this millisecond.
  const since = Date.now() + 60_000;
  const changed = waitForChange([file], after(since), controller.signal);
  controller.abort();
  expect(await changed).toBe(false);
  expect(await waitForChange([file], after(since), controller.signal)).toBe(false);
});

test("ends immediately if a folder was moved away since, and if it was moved back", async () => {
  const part = join(directory, "parts/part.ts");
  mkdirSync(dirname(part));
  writeFileSync(part, "1");
  utimesSync(part, longAgo, longAgo);
  const present = await fileStates([part]);
  renameSync(join(directory, "parts"), join(directory, "away"));
  expect(await waitForChange([part], present, signal)).toBe(true);

  const missing = await fileStates([part]);
  renameSync(join(directory, "away"), join(directory, "parts"));
  // The times of the file are still those of before.
  expect(await waitForChange([part], missing, signal)).toBe(true);
});
