import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("CONTRIBUTING.md lists each long test, and no others", () => {
  const files = globSync("packages/*/src/**/*.long.test.ts").map((file) =>
    file.replace(/^packages\/([^/]+)\/src\//, "$1/").replace(/\.long\.test\.ts$/, ""),
  );
  const text = readFileSync("CONTRIBUTING.md", "utf8");
  const table = text.slice(text.indexOf("| long test"), text.indexOf("## Containers"));
  const named = [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
  expect(named.toSorted()).toEqual(files.toSorted());
});
