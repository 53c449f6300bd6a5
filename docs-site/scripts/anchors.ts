/** The anchor of a heading, as GitHub makes it: the pages of docs/ are read there, too. */
export function anchorOf(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}

/** The anchors of a page of Markdown. */
export function anchorsIn(markdown: string): ReadonlySet<string> {
  const text = markdown.replaceAll(/^```.*?^```/gms, "");
  return new Set([...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading)));
}
