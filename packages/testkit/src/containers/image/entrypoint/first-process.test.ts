import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TemporaryDirectory } from "@flawless-ts/http-service/testing";
import { expect, test } from "vitest";
import { wordsAfterEntrypoint, wordsOfFirstProcess } from "./first-process.ts";

const entrypoint = ["/usr/local/bin/node", "/opt/flawless-ts/entrypoint/main.js"];

function commandLine(...words: readonly string[]): string {
  return words.map((word) => `${word}\0`).join("");
}

test.each([
  ["the entrypoint", commandLine(...entrypoint, "flawless", "worker"), ["flawless", "worker"]],
  ["behind an init", commandLine("/sbin/docker-init", "--", ...entrypoint, "worker"), ["worker"]],
  ["without roles", commandLine(...entrypoint), []],
  ["the runtime's process", commandLine("runc", "init"), null],
  ["nothing", "", null],
])("the first process as %s", (_name, text, words) => {
  expect(wordsAfterEntrypoint(text)).toEqual(words);
});

test("waits until the runtime's process has become the entrypoint", async () => {
  using directory = new TemporaryDirectory();
  const file = join(directory.path, "cmdline");
  writeFileSync(file, commandLine("runc", "init"));
  const words = wordsOfFirstProcess(60_000, file);
  writeFileSync(file, commandLine(...entrypoint, "worker"));
  expect(await words).toEqual(["worker"]);
});

test("says what runs instead when the time is over", async () => {
  using directory = new TemporaryDirectory();
  const file = join(directory.path, "cmdline");
  writeFileSync(file, commandLine("runc", "init"));
  await expect(wordsOfFirstProcess(0, file)).rejects.toThrow(
    'the container has not started its program yet, but runs "runc init"',
  );
});
