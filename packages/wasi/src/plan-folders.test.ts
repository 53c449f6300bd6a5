import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownBytes } from "./plan-files.ts";
import { planFolders, readHostFolders } from "./plan-folders.ts";
import type { WasiOptions } from "./wasi-options.ts";

let top = "";

beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), "wasi-folder-"));
  await mkdir(join(top, "sub/empty"), { recursive: true });
  await writeFile(join(top, "a.txt"), "on the disk");
  await writeFile(join(top, "sub/b.bin"), new Uint8Array([255]));
  await symlink("../a.txt", join(top, "sub/link"));
});

afterAll(() => rm(top, { recursive: true }));

describe("planFolders", () => {
  test("returns the files and the folder, or the folders", () => {
    const a = ["a", ownBytes("A")];
    expect(planFolders({ files: { a: "A" }, folder: "/work" }, ownBytes)).toEqual([
      { name: "/work", prefix: "", files: [a], readOnly: false },
    ]);
    const folders = { "/": {}, "/data": { files: { a: "A" }, readOnly: true }, ".": {} };
    expect(planFolders({ folders }, ownBytes)).toEqual([
      { name: "/", prefix: "/", files: [], readOnly: false },
      { name: "/data", prefix: "/data/", files: [a], readOnly: true },
      { name: ".", prefix: "./", files: [], readOnly: false },
    ]);
    expect(planFolders({ folders: {} }, ownBytes)).toEqual([]);
  });

  test.each<[string, string, WasiOptions]>([
    ["folders", "`files`", { folders: {}, files: {} }],
    ["folders", "`folder`", { folders: {}, folder: "/" }],
    ["folders", "twice", { folders: { "/a": {}, "/a/": {} } }],
    ["folders", "a name", { folders: { "": {} } }],
    ["folder", "a name", { folder: "" }],
    ["folder", "a number", { folder: 1 as unknown as string }],
  ])("refuses as %s with %s: %j", (option, message, options) => {
    const plan = (): unknown => planFolders(options, ownBytes);
    expect(plan).toThrow(expect.objectContaining({ option }));
    expect(plan).toThrow(message);
  });
});

describe("readHostFolders", () => {
  test("replaces a folder of this machine by its contents", async () => {
    const from = pathToFileURL(top);
    const options = { folders: { "/d": { from, files: { "a.txt": "mine", new: "" } } }, seed: 1 };
    expect(await readHostFolders(options)).toEqual({
      seed: 1,
      folders: {
        "/d": {
          files: {
            "a.txt": "mine",
            new: "",
            "sub/": "",
            "sub/empty/": "",
            "sub/b.bin": Buffer.from([255]),
            "sub/link": { link: "../a.txt" },
          },
        },
      },
    });
  });

  test("leaves other options unchanged", async () => {
    const options = { files: { a: "" } };
    expect(await readHostFolders(options)).toBe(options);
  });

  test.each<[string, object]>([
    ["no such file", { from: "no-such-folder" }],
    ["not a directory", { from: import.meta.filename }],
    ["`folders./d.form`: there is no such option", { form: "." }],
    ["expected an object", "." as unknown as object],
  ])("refuses with %s: %j", async (message, folder) => {
    const reading = readHostFolders({ folders: { "/d": folder } });
    await expect(reading).rejects.toSatisfy(InvalidOptionError.is);
    await expect(reading).rejects.toThrow(new RegExp(message, "iu"));
  });
});
