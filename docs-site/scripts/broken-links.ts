import { posix } from "node:path";

/**
 * Finds broken links within a site.
 *
 * @param pages the HTML of each page, by file: `index.html`, `reference/cli/flawless.html`
 * @returns each broken link, with the page that it is on
 */
export function brokenLinks(pages: ReadonlyMap<string, string>): readonly string[] {
  const ids = new Map([...pages].map(([file, html]) => [file, idsIn(html)]));
  return [...pages].flatMap(([file, html]) =>
    linksIn(html)
      .filter((link) => !leadsSomewhere(file, link, ids))
      .map((link) => `${file}: ${link}`),
  );
}

function leadsSomewhere(
  from: string,
  link: string,
  ids: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  if (/^[a-z][a-z+.-]*:/i.test(link) || link.startsWith("//")) return true;
  const [path = "", anchor = ""] = link.split("#");
  // The site builder checks scripts and pictures itself.
  if (/\.(js|css|svg|png|ico|woff2|json)$/.test(path)) return true;
  const target =
    path === ""
      ? from
      : fileOf(path.startsWith("/") ? path.slice(1) : posix.join(posix.dirname(from), path));
  const found =
    target === undefined
      ? undefined
      : [target]
          .flat()
          .map((file) => ids.get(file))
          .find((each) => each !== undefined);
  return found !== undefined && (anchor === "" || found.has(decodeURIComponent(anchor)));
}

/** The files that an address without an extension may refer to. */
function fileOf(path: string): readonly string[] {
  const bare = decodeURIComponent(path).replace(/\.html$/, "");
  return bare === "" || bare.endsWith("/")
    ? [`${bare}index.html`]
    : [`${bare}.html`, `${bare}/index.html`];
}

function linksIn(html: string): readonly string[] {
  return [...html.matchAll(/<a\b[^>]*\shref="([^"]*)"/g)].map(([, link = ""]) =>
    link.replaceAll("&amp;", "&"),
  );
}

function idsIn(html: string): ReadonlySet<string> {
  return new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id = ""]) => id));
}
