import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CliProcess, TemporaryDirectory } from "@flawless-ts/test-helpers";

const command = new URL("../bin/command.js", import.meta.url);

let directory: TemporaryDirectory;

beforeEach(() => {
  directory = new TemporaryDirectory();
  mkdirSync(directory.join("bundle"));
  writeFileSync(directory.join("package.json"), '{"type":"module"}');
  writeFileSync(
    directory.join("bin.js"),
    `import { startCommand } from ${JSON.stringify(fileURLToPath(command))};\n` +
      'startCommand("it", new URL("main.js", import.meta.url), new URL("bundle/main.js", import.meta.url));\n',
  );
  for (const name of ["main.js", "bundle/main.js"]) {
    writeFileSync(
      directory.join(name),
      `export const main = () => console.log(${JSON.stringify(name)});\n`,
    );
  }
  setTime("bundle/main.js", 2_000);
});

afterEach(() => {
  directory.remove();
});

/** @param seconds when it was changed last, counted from 1970 */
function setTime(name: string, seconds: number): void {
  utimesSync(directory.join(name), seconds, seconds);
}

function madeOf(...files: readonly string[]): void {
  writeFileSync(directory.join("bundle/made-of.json"), JSON.stringify(files));
}

async function started(): Promise<string> {
  await using process = new CliProcess(directory.join("bin.js"), []);
  return (await process.end).stdout.trim();
}

describe("a command with a bundle", () => {
  test.each([
    ["older than", 1_999, "bundle/main.js"],
    ["as old as", 2_000, "bundle/main.js"],
    ["newer than", 2_001, "main.js"],
  ])("where a part of it is %s the bundle", async (_what, seconds, expected) => {
    writeFileSync(directory.join("part"), "");
    setTime("part", seconds);
    madeOf("../part");

    expect(await started()).toBe(expected);
  });

  test("where its parts are not there, as after an installation, it is taken", async () => {
    madeOf("../part");

    expect(await started()).toBe("bundle/main.js");
  });

  test("where it does not tell what it was made of, it is not taken", async () => {
    expect(await started()).toBe("main.js");
  });
});
