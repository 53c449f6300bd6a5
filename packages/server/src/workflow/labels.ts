/** Short texts, by their keys, for finding workflows. */
export type Labels = Readonly<Record<string, string>>;

/** Changes of labels. Null removes the label. */
export type LabelChanges = Readonly<Record<string, string | null>>;

/** The max number of a workflow's labels, besides those of the server. */
export const maxLabels = 16;
const keyForm = /^[\w.:/-]{1,64}$/;
const maxValueCharacters = 256;
/** Keys with this prefix are reserved for the server. */
export const reservedPrefix = "flawless:";

export const noLabels: Labels = {};

/** Why the label is invalid, or reserved for the server; undefined if it is allowed. */
export function problemOfLabel(key: string, value: unknown): string | undefined {
  const shown = JSON.stringify(key.slice(0, 100));
  if (!keyForm.test(key)) {
    return `Expected the key of a label to be 1 to 64 ASCII letters, digits and _ . : / - but got ${shown}.`;
  }
  if (key.startsWith(reservedPrefix)) {
    return `The label ${shown} can't be set: keys that begin with ${reservedPrefix} are the server's.`;
  }
  if (typeof value !== "string") {
    return `Expected the value of the label ${shown} to be text.`;
  }
  if (value.length > maxValueCharacters) {
    return `The value of the label ${shown} has ${value.length} characters, but at most ${maxValueCharacters} are allowed.`;
  }
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(value) || !value.isWellFormed()) {
    return `The value of the label ${shown} has control characters, or is not Unicode text.`;
  }
  return undefined;
}

/** Why the labels are invalid; undefined if they are allowed. */
export function problemOfLabels(labels: Labels): string | undefined {
  const entries = Object.entries(labels);
  return entries.length > maxLabels
    ? tooMany(entries.length)
    : entries
        .map(([key, value]) => problemOfLabel(key, value))
        .find((problem) => problem !== undefined);
}

/** The message that there are too many. */
export function tooMany(count: number): string {
  return `Expected at most ${maxLabels} labels, but got ${count}.`;
}

/** The number of labels that are not the server's. */
export function ownLabels(labels: Labels): number {
  return Object.keys(labels).filter((key) => !key.startsWith(reservedPrefix)).length;
}

/** The labels after the changes, by key. */
export function changeLabels(labels: Labels, changes: LabelChanges): Labels {
  const all = new Map<string, string | null>([
    ...Object.entries(labels),
    ...Object.entries(changes),
  ]);
  const left = [...all].filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries(left.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
