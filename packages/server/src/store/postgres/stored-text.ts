/** PostgreSQL's texts hold no NUL. This sign, which hardly ever stands in one, marks it, and itself. */
const mark = "\u001A";
// oxlint-disable-next-line no-control-regex -- that is what it looks for
const special = /[\u0000\u001A]/g;

/** A text as it is kept. */
export function toStored(text: string): string {
  return text.includes("\u0000") || text.includes(mark)
    ? text.replace(special, (found) => (found === mark ? `${mark}1` : `${mark}0`))
    : text;
}

/** The text that was kept so. */
export function fromStored(text: string): string {
  return text.includes(mark)
    ? text.replace(/\u001A([01])/g, (_found, which) => (which === "1" ? mark : "\u0000"))
    : text;
}
