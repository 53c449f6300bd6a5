const nul = "\u0000";
/** PostgreSQL's texts can't contain NUL. This rarely used character escapes it, and itself. */
const mark = "\u001A";

/** A text as it is stored. */
export function toStored(text: string): string {
  return text.includes(nul) || text.includes(mark)
    ? text.replaceAll(mark, `${mark}1`).replaceAll(nul, `${mark}0`)
    : text;
}

/** The original of a stored text. */
export function fromStored(text: string): string {
  if (!text.includes(mark)) {
    return text;
  }
  const [first = "", ...marked] = text.split(mark);
  return first + marked.map((part) => (part[0] === "0" ? nul : mark) + part.slice(1)).join("");
}
