import { InvalidArgumentError } from "commander";

/** Labels that were given, by key. */
export type Labels = Readonly<Record<string, string>>;

/** Reads one `KEY=VALUE`, beside those before it. @throws InvalidArgumentError */
export function readLabel(text: string, before: Labels = {}): Labels {
  const at = text.indexOf("=");
  if (at < 1) {
    throw new InvalidArgumentError("Expected KEY=VALUE.");
  }
  return Object.fromEntries([...Object.entries(before), [text.slice(0, at), text.slice(at + 1)]]);
}

/** Labels in words, for a line. */
export function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}
