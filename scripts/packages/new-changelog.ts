const unreleased = " (not released)";

/**
 * The CHANGELOG.md of a release. A version with "(not released)" in its heading is the one to release, and the changes
 * are added to its entries; otherwise the changes become `version`, above the others.
 *
 * @throws Error if nothing has changed since the last release.
 */
export function newChangelog(
  text: string,
  changes: readonly string[],
  version: string | undefined,
): { readonly text: string; readonly isFirst: boolean } {
  const entries = changes.map((change) => `- ${change.trim().replaceAll("\n", "\n  ")}\n`).join("");
  const start = text.search(/^## /m);
  const next = text.slice(start + 1).search(/^## /m);
  const end = start === -1 || next === -1 ? text.length : start + 1 + next;
  const newest = start === -1 ? "" : text.slice(start, end);
  const [heading = ""] = newest.split("\n");
  if (heading.endsWith(unreleased)) {
    const released = newest.replace(unreleased, "").trimEnd();
    const rest = end === text.length ? "" : `\n${text.slice(end)}`;
    return { text: `${text.slice(0, start)}${released}\n${entries}${rest}`, isFirst: true };
  }
  if (version === undefined || entries === "") {
    throw new Error(
      "nothing to release: there is no file in .changeset; `npx changeset` writes one",
    );
  }
  const above = start === -1 ? `${text.trimEnd()}\n\n` : text.slice(0, start);
  const below = start === -1 ? "" : `\n${text.slice(start)}`;
  return { text: `${above}## ${version}\n\n${entries}${below}`, isFirst: false };
}
