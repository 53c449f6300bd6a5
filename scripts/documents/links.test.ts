import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { anchorsIn } from "../../docs-site/scripts/anchors.ts";

const pages = globSync([
  "*.md",
  "docs/**/*.md",
  ".changeset/*.md",
  "packages/*/*.md",
  "packages/*/template/*.md",
  "examples/*/*.md",
]);

function brokenLinks(page: string): readonly string[] {
  const text = readFileSync(page, "utf8").replaceAll(/^```.*?^```/gms, "");
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) {
      return false;
    }
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : join(dirname(page), path);
    if (!existsSync(target)) {
      return true;
    }
    return (
      anchor !== undefined &&
      (statSync(target).isDirectory() || !anchorsIn(readFileSync(target, "utf8")).has(anchor))
    );
  });
}

test("every link in a page leads to a file or heading that exists", () => {
  const broken = pages.flatMap((page) => brokenLinks(page).map((link) => `${page}: ${link}`));

  expect(broken).toEqual([]);
  expect(pages.length).toBeGreaterThan(50);
});
