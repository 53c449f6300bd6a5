import { readFileSync } from "node:fs";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { engineDirectory, engineFiles } from "./engine-sources.ts";
import { fixtureProblems } from "@flawless-ts/test-helpers/fixture-problems";

const engineBytes = (): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(join(engineDirectory, "engine.wasm")));

test("the engine is built from the sources in the tree", () => {
  expect(engineFiles.stale(engineDirectory)).toEqual([]);
});

test("the engine imports only wasabi.submit, and contains no paths", () => {
  expect(fixtureProblems(engineBytes())).toEqual([]);
});

test("an engine that was changed, or whose sources were, is reported", () => {
  const directory = mkdtempSync(join(tmpdir(), "engine-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "engine.wasm"), engineBytes());
  const { engine } = engineFiles.currentRecords(directory);
  const record = { engine: { ...engine, source: "0".repeat(64) } };
  writeFileSync(join(directory, "sources.json"), JSON.stringify(record));
  expect(engineFiles.stale(directory)).toEqual([
    expect.stringMatching(/^engine: its sources changed/u),
  ]);
  writeFileSync(join(directory, "engine.wasm"), "other");
  expect(engineFiles.stale(directory)).toContainEqual(
    expect.stringMatching(/^engine: engine\.wasm isn't the file/u),
  );
});
