import { cpSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { pages, repository, site, sourceUrl, writePage } from "./places.ts";

const docs = join(repository, "docs");
/** A link or a picture in Markdown, up to the end of its address. */
const link = /(\]\()([^)\s]+)/g;

/** Copies docs/ and the site's own pages. Links to files outside docs/ lead to the repository on the web. */
export function copyDocs(): void {
  for (const file of markdownIn(docs)) {
    const text = withoutComments(readFileSync(join(docs, file), "utf8"));
    writePage(join(pages, file), rewriteLinks(file, text));
  }
  for (const file of markdownIn(join(site, "content"))) {
    writePage(join(pages, file), readFileSync(join(site, "content", file), "utf8"));
  }
  for (const pictures of ["plots", "images"]) {
    cpSync(join(docs, pictures), join(pages, pictures), { recursive: true });
  }
}

/** The site shows HTML as text, so comments for a page's editors must be removed. */
export function withoutComments(text: string): string {
  return text.replaceAll(/^<!--.*-->\n\n?/gm, "");
}

/** The Markdown files in a directory and its subdirectories, relative to it. */
export function markdownIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .toSorted();
}

/**
 * @param file the page, relative to docs/
 * @returns its text, in which links to files outside docs/ lead to the repository on the web
 */
export function rewriteLinks(file: string, text: string): string {
  return text.replaceAll(link, (whole, start: string, address: string) => {
    if (/^([a-z]+:|#|\/)/.test(address)) return whole;
    const [path = "", anchor] = address.split("#");
    const target = posix.normalize(posix.join("docs", dirname(file), path));
    const isPage = target.startsWith("docs/") && /\.(md|svg|png)$/.test(target);
    if (isPage) return whole;
    return `${start}${sourceUrl}${target}${anchor === undefined ? "" : `#${anchor}`}`;
  });
}
