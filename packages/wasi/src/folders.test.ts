import { describe, expect, test } from "vitest";
import { replayWasi } from "./replay-wasi.ts";
import { recordWasi, runWasi } from "./run-wasi.ts";
import { wasiFixture, words } from "./testing/wasi-fixtures.ts";
import type { WasiOptions } from "./wasi-options.ts";
import type { WasiResult } from "./wasi-result.ts";

const c = wasiFixture("c_commands");
const run = (commands: string, options: WasiOptions = {}): Promise<WasiResult> =>
  runWasi(c, { args: words(commands), ...options });

describe("several folders", () => {
  const folders = {
    "/": { files: { a: "A", "sub/b": "B" } },
    "/data": { files: { d: "D", e: "E" } },
  };

  test("are found and reported by their names", async () => {
    const commands =
      "cat /data/d -- write /data/new N -- rename /data/e /moved -- remove sub/b -- mkdir /data/x";
    const result = await run(commands, { folders });
    expect(result).toMatchObject({ exitCode: 0, stdout: "D" });
    expect(result.files).toEqual({
      "/moved": "E",
      "/sub/": "",
      "/data/new": "N",
      "/data/x/": "",
    });
    expect(result.deletedFiles).toEqual(["/sub/b", "/data/e"]);
  });

  test("may be none", async () => {
    expect(await run("cat a", { folders: {} })).toMatchObject({ exitCode: 1, stdout: "" });
  });

  test("are recorded and replayed", async () => {
    const args = words("cat /data/d -- write /data/new N -- symlink new /data/link");
    const { recording, ...result } = await recordWasi(c, { args, folders });
    expect(result.links).toEqual({ "/data/link": "new" });
    const again: unknown = JSON.parse(JSON.stringify(recording));
    expect(await replayWasi(c, again as typeof recording)).toStrictEqual(result);
  });
});

describe("a read-only folder", () => {
  const folders = {
    "/": { files: { own: "O" } },
    "/ro": { files: { a: "A", "sub/b": "B", "empty/": "" }, readOnly: true },
  };

  test.each([
    "write /ro/a X",
    "write /ro/new X",
    "create /ro/new X",
    "append /ro/sub/b X",
    "patch /ro/a 0 X",
    "resize /ro/a 0",
    "mkdir /ro/new",
    "rmdir /ro/empty",
    "remove /ro/sub/b",
    "rename /ro/a /ro/c",
    "rename /ro/a /c",
    "rename own /ro/own",
    "rename /ro/sub /sub",
    "link /ro/a /alias",
    "link own /ro/own",
    "symlink a /ro/link",
    "touch /ro/a 5",
  ])("refuses %s", async (commands) => {
    const result = await run(commands, { folders });
    expect(result.stderr).toContain("Operation not permitted");
    expect(result).toMatchObject({ exitCode: 1, files: {}, deletedFiles: [] });
    expect(result.links).toBeUndefined();
  });

  test("is read like any other", async () => {
    const result = await run("cat /ro/sub/b -- list /ro", { folders });
    expect(result).toMatchObject({ exitCode: 0, stdout: "Ba\nempty/\nsub/\n" });
  });
});

describe("symbolic links", () => {
  const files = { "releases/1/a": "one", "releases/2/a": "two", now: { link: "releases/2" } };

  test("can be given, and are reported if they change", async () => {
    const untouched = await run("cat now/a -- readlink now", { files });
    expect(untouched.stdout).toBe("tworeleases/2\n");
    expect(untouched.links).toBeUndefined();
    const changed = await run("remove now -- symlink releases/1 now -- cat now/a", { files });
    expect(changed).toMatchObject({ stdout: "one", links: { now: "releases/1" }, files: {} });
    const gone = await run("remove now", { files });
    expect(gone.deletedFiles).toEqual(["now"]);
  });

  test("don't lead outside", async () => {
    const out = { files: { up: { link: "../secret" }, absolute: { link: "/releases" } } };
    expect((await run("cat up", out)).stderr).toContain("not permitted");
    expect((await run("cat absolute", out)).stderr).toContain("not permitted");
  });

  test.each([{ link: "" }, { link: "a\0" }, { link: 1 }, { link: "x".repeat(4097) }])(
    "%j is none",
    async (link) => {
      const running = run("args", { files: { a: link as { link: string } } });
      await expect(running).rejects.toMatchObject({ option: "files" });
    },
  );
});

describe("/dev/null", () => {
  test("accepts everything and returns nothing, and is not listed", async () => {
    const result = await run("write /dev/null text -- cat /dev/null -- list / -- stat /dev/null");
    expect(result).toMatchObject({ exitCode: 0, stdout: "other 0 1 946684800\n", files: {} });
  });

  test("can't be removed, moved or replaced", async () => {
    for (const commands of ["remove /dev/null", "rename /dev /gone", "write /dev/other x"]) {
      expect((await run(commands)).stderr).toContain("Operation not permitted");
    }
  });

  test("is replaced by a folder with that name", async () => {
    const result = await run("cat dev/own -- write /dev/null text", { files: { "dev/own": "O" } });
    expect(result).toMatchObject({ stdout: "O", files: { "dev/null": "text" } });
  });

  test("exists only in the folder /", async () => {
    const folders = { "/data": {} };
    expect((await run("write /data/dev/null x", { folders })).exitCode).toBe(1);
  });
});
