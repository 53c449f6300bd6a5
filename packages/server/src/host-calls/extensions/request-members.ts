import { ExtensionError } from "./extension-answer.ts";

/** A JSON object that a guest sent. */
export type Members = Readonly<Record<string, unknown>>;

/** @throws ExtensionError if the value is not an object */
export function membersOf(value: unknown, what: string): Members {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Members;
  }
  throw ExtensionError.invalid(`${what}: expected an object, but got ${show(value)}.`);
}

/** A safe integer. @throws ExtensionError if it is not */
export function whole(member: string, value: unknown, minimum: number): number {
  if (Number.isSafeInteger(value) && Number(value) >= minimum) {
    return Number(value);
  }
  throw ExtensionError.invalid(
    `${member}: expected a whole number from ${minimum} on, but got ${show(value)}.`,
  );
}

/** A list whose items are all of one kind. @throws ExtensionError if it is not */
export function listOf<Item>(
  member: string,
  value: unknown,
  maxItems: number,
  isItem: (item: unknown) => item is Item,
): readonly Item[] {
  const list = value ?? [];
  if (Array.isArray(list) && list.length <= maxItems && list.every(isItem)) {
    return list;
  }
  throw ExtensionError.invalid(
    `${member}: expected a list of up to ${maxItems} items of the right type, but got ${show(value)}.`,
  );
}

/** @throws ExtensionError if the value is not a text, or is empty */
export function text(member: string, value: unknown): string {
  if (typeof value === "string" && value !== "") {
    return value;
  }
  throw ExtensionError.invalid(`${member}: expected text, but got ${show(value)}.`);
}

/** @throws ExtensionError if the value is neither true nor false */
export function flag(member: string, value: unknown): boolean {
  if (typeof value === "boolean") {
    return value;
  }
  throw ExtensionError.invalid(`${member}: expected true or false, but got ${show(value)}.`);
}

/** What was sent, shortened for a message. */
export function show(value: unknown): string {
  const text = typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? "nothing");
  return text.length <= 100 ? text : `${text.slice(0, 100).toWellFormed()}…`;
}
