import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { replayWasi } from "./replay-wasi.ts";
import { recordWasi, runWasi } from "./run-wasi.ts";
import { importingProgram } from "./testing/importing-program.ts";
import { wasiFixture, words } from "./testing/wasi-fixtures.ts";

let folder: string;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flawless-imports-"));
});

afterAll(() => rm(folder, { recursive: true }));

/** A module of imports with this source. */
async function importsOf(source: string): Promise<string> {
  files += 1;
  const path = join(folder, `imports-${files}.mjs`);
  await writeFile(path, source);
  return path;
}

const working = `export default (guest) => ({ env: {
  greet: (pointer, length) => Buffer.from(guest.memory.slice(pointer, pointer + length)).toString() === "hello" ? 2 : 1,
  twice: (number) => number * 2n,
} });`;

describe("functions that a program imports in addition to WASI's", () => {
  test.each(["path", "URL"])("are those of the module that is given by its %s", async (by) => {
    const path = await importsOf(working);
    const imports = by === "path" ? path : pathToFileURL(path);
    expect((await runWasi(importingProgram, { imports })).exitCode).toBe(22);
  });

  test("may be in TypeScript, and are created for each run", async () => {
    const path = join(folder, "counting.ts");
    await writeFile(
      path,
      `export default () => {
        let calls: number = 0;
        return { env: { greet: (): number => (calls += 1), twice: (): bigint => 0n } };
      };`,
    );
    for (let run = 0; run < 2; run += 1) {
      expect((await runWasi(importingProgram, { imports: path })).exitCode).toBe(1);
    }
  });

  test("may write to its memory", async () => {
    const imports = await importsOf(`export default (guest) => ({ env: {
      greet: (pointer) => { guest.memory[pointer] = 7; return guest.memory[pointer]; }, twice: () => 0n } });`);
    expect((await runWasi(importingProgram, { imports })).exitCode).toBe(7);
  });

  test("end the program with what they throw, like a trap", async () => {
    const imports = await importsOf(`export default () => ({ env: {
      greet: () => { throw new Error("no greeting"); }, twice: () => 0n } });`);
    await expect(runWasi(importingProgram, { imports })).rejects.toMatchObject({
      code: "FLAWLESS_WASI_TRAP",
      message: expect.stringContaining("the imported function env.greet threw: no greeting"),
    });
  });

  test("are not loaded if a program imports none", async () => {
    const imports = await importsOf(`export default () => ({})`);
    const options = { args: words("exit 3"), imports };
    expect((await runWasi(wasiFixture("c_commands"), options)).exitCode).toBe(3);
  });

  test.each([
    [
      "without one of them",
      `export default () => ({ env: { greet: () => 1 } });`,
      "imports the function env.twice, which",
    ],
    [
      "without a default export",
      `export const env = {};`,
      "expected a function as the default export",
    ],
    ["whose factory gives nothing", `export default () => undefined;`, "gave a undefined"],
    ["that throws", `throw new Error("not today");`, "can't be loaded: not today"],
    ["that can't be parsed", `export default (`, "can't be loaded: "],
  ])("a module %s is refused", async (_what, source, message) => {
    const imports = await importsOf(source);
    await expect(runWasi(importingProgram, { imports })).rejects.toMatchObject({
      code: "FLAWLESS_INVALID_OPTION",
      option: "imports",
      message: expect.stringContaining(message),
    });
  });

  test.each([
    [7, "expected the path or file: URL of a module, but got a number"],
    [new URL("https://example.com/a.js"), "expected a file: URL"],
    ["no-such-file.js", "there is none at"],
  ])("%s is refused as their place", async (imports, message) => {
    await expect(runWasi(importingProgram, { imports: imports as string })).rejects.toMatchObject({
      option: "imports",
      message: expect.stringContaining(message),
    });
  });

  test("are reported if they are missing", async () => {
    await expect(runWasi(importingProgram)).rejects.toMatchObject({
      code: "FLAWLESS_WASI_UNKNOWN_IMPORT",
      message: expect.stringMatching(/env\.greet \(function\).*option `imports`/),
    });
  });

  test("can be neither recorded nor replayed", async () => {
    const imports = await importsOf(working);
    await expect(recordWasi(importingProgram, { imports })).rejects.toMatchObject({
      option: "imports",
      message: expect.stringContaining("can't be recorded"),
    });
    const { recording } = await recordWasi(wasiFixture("c_commands"), { args: words("exit 0") });
    await expect(replayWasi(importingProgram, recording)).rejects.toMatchObject({
      code: "FLAWLESS_WASI_UNKNOWN_IMPORT",
    });
  });
});
