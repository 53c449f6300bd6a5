/** The anchor of a heading in GitHub's format, because the pages of docs/ are also read on GitHub. */
export function anchorOf(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}

/** The anchors of a Markdown page. */
export function anchorsIn(markdown: string): ReadonlySet<string> {
  const text = markdown.replaceAll(/^```.*?^```/gms, "");
  return new Set([...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading)));
}
