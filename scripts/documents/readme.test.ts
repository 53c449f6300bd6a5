import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const readme = readFileSync("README.md", "utf8");

test.each(["orders.ts", "orders.test.ts"])(
  "README.md shows %s of the project that `flawless init` makes",
  (file) => {
    const path = `packages/server/template/src/${file}`;
    const after = readme.slice(readme.indexOf(`<!-- from ${path} -->`));
    const [, shown] = /```ts\n(.*?)```/s.exec(after) ?? [];

    expect(shown).toBe(readFileSync(path, "utf8"));
  },
);

test("README.md names each published package", () => {
  const named = [...readme.matchAll(/^\| \[`(@flawless-ts\/[^`]+)`\]\(([^)]+)\)/gm)].map(
    ([, name, folder]) => [name, folder],
  );

  for (const [name, folder] of named) {
    expect(JSON.parse(readFileSync(`${folder}/package.json`, "utf8"))).toMatchObject({ name });
  }
  expect(named).toHaveLength(9);
});
