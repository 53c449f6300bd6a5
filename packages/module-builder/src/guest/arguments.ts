/** A string for the host. @throws {TypeError} for anything else. */
export function text(value: unknown, what: string): string {
  if (isText(value)) return value;
  throw new TypeError(`expected ${what} as text, but got ${kindOf(value)}`);
}

/** The types of messages that a workflow waits for. @throws {TypeError} if there are none. */
export function messageTypes(asked: unknown): readonly string[] {
  if (isText(asked)) return [asked];
  const isList = Array.isArray(asked) && asked.every(isText);
  if (isList && asked.length > 0) return [...(asked as readonly string[])];
  throw new TypeError(
    `expected a message's type as text, or an array of at least one, but got ${kindOf(asked)}`,
  );
}

/** Hosts can't read half of a surrogate pair. */
function isText(value: unknown): value is string {
  return typeof value === "string" && value.isWellFormed();
}

function kindOf(value: unknown): string {
  if (typeof value === "string") return "text with half of a surrogate pair";
  if (Array.isArray(value)) {
    const other = value.find((item) => !isText(item));
    return value.length === 0 ? "an empty array" : `an array with ${kindOf(other)}`;
  }
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" || typeof value === "symbol"
    ? `a ${typeof value}`
    : String(value);
}
