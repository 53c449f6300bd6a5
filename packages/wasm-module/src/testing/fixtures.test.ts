import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fixtureProblems } from "@flawless-ts/test-helpers/fixture-problems";
import { fixtures } from "./fixture-sources.ts";
import { sourcesFile } from "@flawless-ts/test-helpers/fixture-set";
import {
  fixtureBytes,
  fixtureNames,
  fixturePath,
  fixturesDirectory,
} from "@flawless-ts/test-helpers/fixtures";
import { moduleLinkage } from "@flawless-ts/test-helpers/module-linkage";

describe("the fixtures", () => {
  test("are built from the sources in the tree", () => {
    expect(fixtures.stale(fixturesDirectory())).toEqual([]);
  });

  test.each(fixtureNames)("%s imports wasabi.submit only and names no place", (name) => {
    expect(fixtureProblems(fixtureBytes(name))).toEqual([]);
  });

  test.each([
    ["conformance", "conformance", "1.0.0"],
    ["crawler", "crawler", "0.1.8"],
    ["crawler_stand_in", "flawless-ts-crawler", "0.1.8"],
    ["extensions", "extensions", "1.0.0"],
    ["raw_calls", "raw-calls", "1.0.0"],
  ] as const)("%s is the module %s %s", (fixture, name, version) => {
    const { exports } = moduleLinkage(fixtureBytes(fixture));
    expect(exports).toContain(`#flawless#module#${name}%_#_%${version}`);
  });

  test("bytes are a separate copy", () => {
    const first = fixtureBytes("crawler");
    first.fill(0);
    expect(fixtureBytes("crawler")).not.toEqual(first);
  });
});

describe("with another directory", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "fixtures-"));
    for (const name of fixtureNames) {
      writeFileSync(join(directory, `${name}.wasm`), fixtureBytes(name));
    }
    writeFileSync(join(directory, sourcesFile), JSON.stringify(fixtures.currentRecords(directory)));
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });
  });

  test("FLAWLESS_FIXTURES_DIR says where the fixtures are", () => {
    vi.stubEnv("FLAWLESS_FIXTURES_DIR", directory);
    expect(fixturePath("crawler")).toBe(join(directory, "crawler.wasm"));
    writeFileSync(join(directory, "crawler.wasm"), "other");
    expect(Buffer.from(fixtureBytes("crawler")).toString()).toBe("other");
  });

  test("a file changed after the build is reported", () => {
    expect(fixtures.stale(directory)).toEqual([]);
    writeFileSync(join(directory, "crawler.wasm"), "other");
    expect(fixtures.stale(directory)).toEqual([
      expect.stringMatching(/^crawler: crawler\.wasm isn't the file/u),
    ]);
  });

  test("sources changed after the build are reported", () => {
    const records = fixtures.currentRecords(directory);
    const conformance = { ...records.conformance, source: "0".repeat(64) };
    writeFileSync(join(directory, sourcesFile), JSON.stringify({ ...records, conformance }));
    expect(fixtures.stale(directory)).toEqual([
      expect.stringMatching(/^conformance: its sources changed/u),
    ]);
  });
});

describe("fixtureProblems", () => {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const ascii = (text: string): number[] => [...Buffer.from(text)];
  const sized = (bytes: number[]): number[] => [bytes.length, ...bytes];
  const imported = (module: string, name: string): number[] => {
    const types = [1, ...sized([1, 0x60, 0, 0])];
    return [...types, 2, ...sized([1, ...sized(ascii(module)), ...sized(ascii(name)), 0, 0])];
  };
  const custom = (content: string): number[] => [
    0,
    ...sized([...sized(ascii("x")), ...ascii(content)]),
  ];

  test("refuses another import", () => {
    const bytes = new Uint8Array([...header, ...imported("env", "abort")]);
    expect(fixtureProblems(bytes)).toEqual([expect.stringContaining("env.abort")]);
  });

  test("refuses a path of the machine that built it", () => {
    const module = [...header, ...imported("wasabi", "submit")];
    expect(fixtureProblems(new Uint8Array(module))).toEqual([]);
    const leaking = new Uint8Array([...module, ...custom("/home/me/src/lib.rs")]);
    expect(fixtureProblems(leaking)).toEqual([expect.stringContaining("/home/")]);
  });
});
