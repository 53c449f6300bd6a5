// Checks that each link of the built site leads to an existing page and anchor. VitePress checks only the page.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brokenLinks } from "./broken-links.ts";
import { site } from "./places.ts";

const dist = join(site, "dist");
const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".html"),
);
const pages = new Map(files.map((file) => [file, readFileSync(join(dist, file), "utf8")]));
const broken = brokenLinks(pages);
if (broken.length > 0) {
  console.error(`These links lead nowhere:\n${broken.slice(0, 50).join("\n")}`);
  process.exitCode = 1;
} else {
  console.log(`${pages.size} pages, and no link of them leads nowhere.`);
}
