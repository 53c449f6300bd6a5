const mostLevels = 50;

/**
 * Whether `JSON.stringify` writes a value as it is. False also where only `writeJson` can tell: this is the quick way
 * for nearly all values, and small enough for the memory of each workflow.
 */
export function isPlainJson(value: unknown, level: number = 0): boolean {
  switch (typeof value) {
    case "undefined":
    case "boolean":
      return true;
    case "number":
      return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
    case "string":
      return value.isWellFormed();
    case "object":
      return value === null || (level < mostLevels && isPlainObject(value, level + 1));
    default:
      return false;
  }
}

function isPlainObject(value: object, level: number): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value))
    return prototype === Array.prototype && value.every((item) => isPlainJson(item, level));
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const [key, member] of Object.entries(value)) {
    if (key === "toJSON" || !key.isWellFormed() || !isPlainJson(member, level)) return false;
  }
  return true;
}
