import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { readSecrets } from "./secrets.ts";

let directory: TemporaryDirectory;

beforeAll(() => {
  directory = new TemporaryDirectory();
});

afterAll(() => {
  directory.remove();
});

async function fileWith(text: string): Promise<string> {
  const path = directory.join("secrets.json");
  await writeFile(path, text);
  return path;
}

describe("readSecrets", () => {
  test("takes only the secrets for guests from the environment", async () => {
    const secrets = await readSecrets(undefined, {
      PATH: "/bin",
      FLAWLESS_TOKEN: "no",
      FLAWLESS_SECRET_: "no",
      FLAWLESS_SECRET_API_KEY: "yes",
      FLAWLESS_SECRET_EMPTY: "",
    });
    expect(secrets).toEqual({ API_KEY: "yes", EMPTY: "" });
  });

  test("adds the secrets from the file", async () => {
    const path = await fileWith('{"API_KEY": "same", "with space": "é", "__proto__": "text"}');
    const secrets = await readSecrets(path, {
      FLAWLESS_SECRET_API_KEY: "same",
      FLAWLESS_SECRET_B: "b",
    });
    expect(Object.entries(secrets)).toEqual([
      ["API_KEY", "same"],
      ["with space", "é"],
      ["__proto__", "text"],
      ["B", "b"],
    ]);
  });

  test("refuses a secret with two values, without showing them", async () => {
    const path = await fileWith('{"API_KEY": "hidden-1"}');
    const refused = readSecrets(path, { FLAWLESS_SECRET_API_KEY: "hidden-2" });
    await expect(refused).rejects.toThrow(/The secret API_KEY is given twice/);
    await expect(refused).rejects.not.toThrow(/hidden/);
  });

  test.each(["", "hidden", "[]", "null", '"hidden"', '{"a":1}', '{"a":{"b":"hidden"}}'])(
    "refuses the file %j",
    async (text) => {
      const refused = readSecrets(await fileWith(text), {});
      await expect(refused).rejects.toThrow(/has to hold a JSON object of names and texts/);
      await expect(refused).rejects.not.toThrow(/hidden/);
    },
  );

  test("refuses a missing file", async () => {
    await expect(readSecrets(directory.join("missing"), {})).rejects.toThrow(
      /can't be read: ENOENT/,
    );
  });
});
