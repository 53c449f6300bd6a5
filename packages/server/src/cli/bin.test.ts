import { copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { CliProcess } from "../testing/cli-process.ts";

const script = fileURLToPath(new URL("../../bin/flawless.js", import.meta.url));
const start = fileURLToPath(import.meta.resolve("@flawless-ts/http-service/command"));

describe("bin/flawless.js", () => {
  test("says on one line that Node is too old", async () => {
    const pretend =
      "Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.1.0'}})";
    await using command = new CliProcess(["list"], {
      nodeOptions: ["--import", `data:text/javascript,${encodeURIComponent(pretend)}`],
    });
    expect(await command.end).toEqual({
      code: 1,
      signal: null,
      stdout: "",
      stderr: expect.stringMatching(
        /^flawless needs Node 24 or newer, but this is Node 20\.1\.0 \(\S+\)\. [^\n]+\.\n$/,
      ),
    });
  });

  test("says on one line that the package is not built", async () => {
    using directory = new TemporaryDirectory();
    await mkdir(directory.join("bin"));
    await copyFile(script, directory.join("bin/flawless.js"));
    await writeFile(directory.join("package.json"), '{"type":"module"}');
    await mkdir(directory.join("node_modules/@flawless-ts"), { recursive: true });
    await symlink(
      dirname(dirname(start)),
      directory.join("node_modules/@flawless-ts/http-service"),
    );
    await using command = new CliProcess(["list"], { script: directory.join("bin/flawless.js") });
    expect(await command.end).toEqual({
      code: 1,
      signal: null,
      stdout: "",
      stderr: "flawless is not built yet. Run `npm run build` in its repository first.\n",
    });
  });

  test("runs the command otherwise", async () => {
    await using command = new CliProcess(["--version"]);
    expect(await command.end).toMatchObject({ code: 0, stdout: "0.1.0\n", stderr: "" });
  });

  test.each([script, start])("has only syntax that Node 12 can parse: %s", async (file) => {
    const source = await readFile(file, "utf8");
    expect(source).not.toMatch(/=>|\?\.|\?\?|\bconst\b|\blet\b|\bawait\b|from "node:/);
  });

  test("can be run by name", async () => {
    expect(await readFile(script, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
});
