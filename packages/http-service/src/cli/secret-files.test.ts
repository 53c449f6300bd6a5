import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { readTokenFile } from "./secret-files.ts";

let directory: TemporaryDirectory;

beforeAll(() => {
  directory = new TemporaryDirectory();
});

afterAll(() => {
  directory.remove();
});

async function fileWith(text: string): Promise<string> {
  const path = directory.join("tokens");
  await writeFile(path, text);
  return path;
}

describe("readTokenFile", () => {
  test("returns one token per line, without comments and blanks", async () => {
    const path = await fileWith("# for the site\r\nfirst\r\n\n  second  \n#third\nfourth#");
    expect(await readTokenFile(path)).toEqual(["first", "second", "fourth#"]);
  });

  test.each(["", "\n\n", "# only a comment\n"])(
    "refuses a file without a token (%j)",
    async (text) => {
      await expect(readTokenFile(await fileWith(text))).rejects.toThrow(/has no token in it/);
    },
  );

  test.each(["good\ntwo words", "good\nschlüssel", `good\n${"x".repeat(1025)}`])(
    "names the line that isn't a token, but doesn't show it (%#)",
    async (text) => {
      const refused = readTokenFile(await fileWith(text));
      await expect(refused).rejects.toThrow(/^Line 2 of the token file/);
      await expect(refused).rejects.not.toThrow(/words|schl|x{9}/);
    },
  );

  test("refuses a missing file, and a directory", async () => {
    await expect(readTokenFile(directory.join("missing"))).rejects.toThrow(/can't be read: ENOENT/);
    await expect(readTokenFile(directory.path)).rejects.toThrow(/can't be read: EISDIR/);
  });
});
