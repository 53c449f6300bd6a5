import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { startServer } from "@flawless-ts/server";
import { fixturePath } from "@flawless-ts/test-helpers/fixtures";
import { firstCall } from "./first-call.ts";

test("the README's first call works", async () => {
  const directory = await mkdtemp(join(tmpdir(), "flawless-first-call-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  await using server = await startServer({ directory, port: 0 });
  const [id, response] = await firstCall(server.url, fixturePath("conformance"));
  expect(id).toMatch(/^wkf_/);
  expect(response).toBe(5);
});

test("the README has the same lines", async () => {
  const read = (path: string): Promise<string> =>
    readFile(fileURLToPath(new URL(path, import.meta.url)), "utf8");
  const readme = await read("../../../README.md");
  const source = await read("first-call.ts");
  const [, shown = ""] = /<!-- from examples.*?-->\n+```ts\n(.*?)```/s.exec(readme) ?? [];
  const lines = shown.split("\n").filter((line) => line.trim() !== "");
  // The URL, the path and the output are specific to the README.
  const missing = lines.filter((line) => !source.includes(line.trim()));
  expect(lines.length).toBeGreaterThan(8);
  expect(missing).toEqual([
    'await using flawless = new Flawless({ url: "http://127.0.0.1:27288" });',
    'const module = await flawless.deploy("conformance.wasm", { contract: conformance });',
    expect.stringContaining("console.log(run.id, await run.response());"),
  ]);
});
