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

test("the first page leads to an answer for each of the first ten questions", () => {
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

test.each(rows)("where to $word is found behind its links", ({ links }) => {
  expect(links.length).toBeGreaterThan(0);
  for (const { name, anchor } of links) {
    const file = new URL(`../../docs/${name}.md`, import.meta.url);
    expect(existsSync(file), file.pathname).toBe(true);
    if (anchor !== "") expect(anchorsIn(readFileSync(file, "utf8"))).toContain(anchor);
  }
});
