import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";

const script = fileURLToPath(new URL("../../bin/flawless.js", import.meta.url));

describe("bin/flawless.js", () => {
  test("says on one line that an older Node is too old", async () => {
    const pretend =
      "Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.1.0'}})";
    await using command = new CliProcess(["list"], {
      nodeOptions: ["--import", `data:text/javascript,${encodeURIComponent(pretend)}`],
    });
    expect(await command.end).toEqual({
      code: 1,
      signal: null,
      stdout: "",
      stderr:
        "flawless needs Node 24 or newer; this is Node 20.1.0. After `npm ci`, run it as `npx flawless`, which takes the Node that was installed with it.\n",
    });
  });

  test("says on one line that the package is not built", async () => {
    using directory = new TemporaryDirectory();
    await mkdir(directory.join("bin"));
    await copyFile(script, directory.join("bin/flawless.js"));
    await writeFile(directory.join("package.json"), '{"type":"module"}');
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

  test("is written so that Node 12 can read it", async () => {
    const source = await readFile(script, "utf8");
    expect(source).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(source).not.toMatch(/=>|\?\.|\?\?|\bconst\b|\blet\b|\bawait\b|from "node:/);
  });
});
