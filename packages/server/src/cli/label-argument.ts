import { InvalidArgumentError } from "commander";

/** The given labels, by key. */
export type Labels = Readonly<Record<string, string>>;

/** Adds one `KEY=VALUE` to the previous ones. @throws InvalidArgumentError */
export function readLabel(text: string, before: Labels = {}): Labels {
  const at = text.indexOf("=");
  if (at < 1) {
    throw new InvalidArgumentError("Expected KEY=VALUE.");
  }
  return Object.fromEntries([...Object.entries(before), [text.slice(0, at), text.slice(at + 1)]]);
}

/** Labels as text, on one line. */
export function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}
