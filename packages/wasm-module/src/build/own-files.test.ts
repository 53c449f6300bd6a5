import { existsSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { authoringFile, engineFile, globalsFile, plainTypesFile, startFile } from "./own-files.ts";

afterEach(() => vi.unstubAllEnvs());

test("all of them are there", () => {
  vi.stubEnv("FLAWLESS_ENGINE_DIR", undefined);
  const files = [authoringFile, engineFile(), globalsFile, plainTypesFile, startFile];
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

test("the engine is taken from the directory that FLAWLESS_ENGINE_DIR names", () => {
  vi.stubEnv("FLAWLESS_ENGINE_DIR", "/built/engine");
  expect(engineFile()).toMatch(/[/\\]built[/\\]engine[/\\]engine\.wasm$/u);
});
