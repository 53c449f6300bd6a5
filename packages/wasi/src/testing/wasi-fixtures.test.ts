import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { moduleBytes } from "./module-bytes.ts";
import { wasiFixtureProblems } from "./wasi-fixture-problems.ts";
import { sourcesFile } from "@flawless-ts/test-helpers/fixture-set";
import { wasiFixtures } from "./wasi-fixture-sources.ts";
import { wasiFixture, wasiFixtureNames, wasiFixturesDirectory } from "./wasi-fixtures.ts";

describe("the fixtures", () => {
  test("are built from the sources in the tree", () => {
    expect(wasiFixtures.stale(wasiFixturesDirectory())).toEqual([]);
  });

  test.each(wasiFixtureNames)("%s imports WASI only and names no place", (name) => {
    expect(wasiFixtureProblems(new Uint8Array(readFileSync(wasiFixture(name))))).toEqual([]);
  });
});

describe("with another directory", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "wasi-fixtures-"));
    cpSync(wasiFixturesDirectory(), directory, { recursive: true });
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });
  });

  test("FLAWLESS_WASI_FIXTURES_DIR says where the fixtures are", () => {
    vi.stubEnv("FLAWLESS_WASI_FIXTURES_DIR", directory);
    expect(wasiFixture("c_commands")).toBe(join(directory, "c_commands.wasm"));
  });

  test("a file changed after the build is reported", () => {
    expect(wasiFixtures.stale(directory)).toEqual([]);
    writeFileSync(join(directory, "c_commands.wasm"), "other");
    expect(wasiFixtures.stale(directory)).toEqual([
      expect.stringMatching(/^c_commands: c_commands\.wasm isn't the file/u),
    ]);
  });

  test("sources changed after the build are reported", () => {
    const records = JSON.parse(readFileSync(join(directory, sourcesFile), "utf8")) as object;
    const text = JSON.stringify({ ...records, rust_commands: undefined });
    writeFileSync(join(directory, sourcesFile), text);
    expect(wasiFixtures.stale(directory)[0]).toMatch(/^rust_commands: its sources changed/u);
  });
});

describe("wasiFixtureProblems", () => {
  test("refuses other imports than WASI's", () => {
    const bytes = new Uint8Array(moduleBytes({ functions: ["env.abort"] }));
    expect(wasiFixtureProblems(bytes)).toEqual([expect.stringContaining("env.abort")]);
  });

  test("refuses a path of the machine that built it", () => {
    const bytes = new Uint8Array(moduleBytes({ exports: ["/home/me/main.c"] }));
    expect(wasiFixtureProblems(bytes)).toEqual([expect.stringContaining("/home/")]);
  });
});
