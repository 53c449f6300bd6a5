import { cpSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { pages, repository, site, sourceUrl, writePage } from "./places.ts";

const docs = join(repository, "docs");
/** A link or a picture of Markdown, up to its address. */
const link = /(\]\()([^)\s]+)/g;

/** Copies docs/ and the site's own pages. What links lead to outside of docs/ is shown in the repository. */
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

/** HTML is shown as text on the site, so comments for who edits a page have to go. */
export function withoutComments(text: string): string {
  return text.replaceAll(/^<!--.*-->\n\n?/gm, "");
}

/** Markdown files below a directory, relative to it. */
export function markdownIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .toSorted();
}

/**
 * @param file the page, relative to docs/
 * @returns its text, whose links outside of docs/ lead to the repository's site
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
