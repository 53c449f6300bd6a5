import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { anchorsIn } from "./anchors.ts";

const page = readFileSync(new URL("../content/index.md", import.meta.url), "utf8");
const rows = [...page.matchAll(/^\| \*\*(\w+)\*\*.*?\? *\| (.*) \|$/gm)].map(
  ([, word = "", answer = ""]) => ({
    word,
    links: [...answer.matchAll(/\]\(\/([^)#]+)#?([^)]*)\)/g)].map(([, name, anchor]) => ({
      name: name as string,
      anchor: anchor as string,
    })),
  }),
);

test("the first page links to an answer for each of the first ten questions", () => {
  expect(rows.map(({ word }) => word)).toEqual([
    "install",
    "run",
    "test",
    "deploy",
    "cancel",
    "retry",
    "schedule",
    "upgrade",
    "secure",
    "scale",
  ]);
});

test.each(rows)("the links for how to $word lead to existing sections", ({ links }) => {
  const missing = links.filter(({ name, anchor }) => !isThere(name, anchor));
  expect(missing).toEqual([]);
  expect(links.length).toBeGreaterThan(0);
});

function isThere(name: string, anchor: string): boolean {
  const file = new URL(`../../docs/${name}.md`, import.meta.url);
  if (!existsSync(file)) return false;
  return anchor === "" || anchorsIn(readFileSync(file, "utf8")).has(anchor);
}
