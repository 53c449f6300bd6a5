import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CliEnd, CliProcess, TemporaryDirectory } from "@flawless-ts/test-helpers";

const command = new URL("../bin/command.js", import.meta.url);

let directory: TemporaryDirectory;

beforeEach(() => {
  directory = new TemporaryDirectory();
  mkdirSync(directory.join("bundle"));
  writeFileSync(directory.join("package.json"), '{"type":"module"}');
  writeFileSync(
    directory.join("bin.js"),
    `import { startCommand } from ${JSON.stringify(fileURLToPath(command))};\n` +
      'startCommand("it", "@it/package", new URL("main.js", import.meta.url), new URL("bundle/main.js", import.meta.url));\n',
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

/** @param seconds the time of its last change, in seconds since 1970 */
function setTime(name: string, seconds: number): void {
  utimesSync(directory.join(name), seconds, seconds);
}

function madeOf(...files: readonly string[]): void {
  writeFileSync(directory.join("bundle/made-of.json"), JSON.stringify(files));
}

/** Starts it with a Node that pretends to have another version. */
async function startedBy(version: string): Promise<CliEnd> {
  const pretend = `Object.defineProperty(process,"versions",{value:{...process.versions,node:"${version}"}})`;
  await using child = new CliProcess(directory.join("bin.js"), [], {
    nodeOptions: ["--import", `data:text/javascript,${encodeURIComponent(pretend)}`],
    cwd: directory.join("bundle"),
  });
  return await child.end;
}

async function started(): Promise<string> {
  await using process = new CliProcess(directory.join("bin.js"), []);
  return (await process.end).stdout.trim();
}

describe("with a Node that is too old, a command says on one line what to do", () => {
  const tooOld = `it needs Node 24 or newer, but this is Node 20.1.0 (${process.execPath}). `;

  test("if there is no newer one", async () => {
    expect(await startedBy("20.1.0")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: `${tooOld}Install a newer one, or put it first on the PATH.\n`,
    });
  });

  test.each([
    ["24.0.0", "Run it as `npx @it/package`, which takes the Node 24.0.0 of "],
    ["22.0.0", "Install a newer one"],
  ])("where the project brings Node %s", async (version, advice) => {
    mkdirSync(directory.join("node_modules/node"), { recursive: true });
    writeFileSync(directory.join("node_modules/node/package.json"), JSON.stringify({ version }));
    expect((await startedBy("20.1.0")).stderr).toContain(tooOld + advice);
  });

  test("and starts with one that is new enough", async () => {
    expect((await startedBy("24.0.0")).code).toBe(0);
  });
});

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

  test("is used if its parts are missing, as after an installation", async () => {
    madeOf("../part");

    expect(await started()).toBe("bundle/main.js");
  });

  test("is not used if it doesn't say what it was made of", async () => {
    expect(await started()).toBe("main.js");
  });
});
