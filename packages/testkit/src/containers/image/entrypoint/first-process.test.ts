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

test("the readiness check waits until the runtime's process has become the entrypoint", async () => {
  const seen = [commandLine("runc", "init"), "", commandLine(...entrypoint, "worker")];
  expect(await wordsOfFirstProcess(60_000, async () => seen.shift() ?? "")).toEqual(["worker"]);
  expect(seen).toEqual([]);
});

test("reports what runs instead when the time is over", async () => {
  await expect(wordsOfFirstProcess(0, async () => commandLine("runc", "init"))).rejects.toThrow(
    'the container has not started its program yet, but runs "runc init"',
  );
});
