import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findObeliskProgram } from "./obelisk-build.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "obelisk-program-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** A program that says this on every call. */
function makeProgram(name: string, says: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\necho '${says}'\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("Obelisk's program", () => {
  test("is found on the PATH", () => {
    const path = makeProgram("obelisk", "obelisk 0.38.3");
    const PATH = [join(directory, "none"), directory].join(delimiter);
    expect(findObeliskProgram({ PATH })).toEqual({ path, version: "0.38.3" });
  });

  test("is the one that the variable names", () => {
    makeProgram("obelisk", "obelisk 0.38.3");
    const path = makeProgram("other", "obelisk 0.39.0");
    expect(findObeliskProgram({ PATH: directory, OBELISK_BIN: path })).toEqual({
      path,
      version: "0.39.0",
    });
  });

  test("is missing: the message says how to install it", () => {
    const install = /cargo install obelisk --locked.*protobuf-compiler/;
    expect(() => findObeliskProgram({ PATH: directory })).toThrow(install);
    const named = join(directory, "nowhere");
    const search = (): unknown => findObeliskProgram({ PATH: directory, OBELISK_BIN: named });
    expect(search).toThrow(`OBELISK_BIN names ${named}`);
    expect(search).toThrow(install);
  });

  test("is not another program of that name", () => {
    makeProgram("obelisk", "usage: obelisk");
    expect(() => findObeliskProgram({ PATH: directory })).toThrow("a version of Obelisk");
  });
});
