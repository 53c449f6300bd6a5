import { existsSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import {
  authoringFiles,
  engineFile,
  globalsFile,
  ownPath,
  partFiles,
  plainTypesFile,
  startFile,
} from "./own-files.ts";

afterEach(() => vi.unstubAllEnvs());

test("all of our files that a build needs exist", () => {
  vi.stubEnv("FLAWLESS_ENGINE_DIR", undefined);
  const bundled = [...authoringFiles.values(), globalsFile, ...partFiles, startFile];
  const files = [...bundled, engineFile(), plainTypesFile];
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

test("the engine comes from the directory named by FLAWLESS_ENGINE_DIR", () => {
  vi.stubEnv("FLAWLESS_ENGINE_DIR", "/built/engine");
  expect(engineFile()).toMatch(/[/\\]built[/\\]engine[/\\]engine\.wasm$/u);
});

test("files of both packages that are bundled into each module are ours, others are not", () => {
  expect([...authoringFiles.values(), startFile].map(ownPath)).toEqual([
    expect.stringMatching(/^authoring\/index\.[jt]s$/u),
    expect.stringMatching(/^internal\/guest\.[jt]s$/u),
    expect.stringMatching(/^guest\/start\.[jt]s$/u),
  ]);
  expect(ownPath("/home/me/orders.ts")).toBeUndefined();
});
