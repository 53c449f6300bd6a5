const maxLevels = 50;

/**
 * Whether `JSON.stringify` writes a value unchanged. Also false if only `writeJson` can tell: this is the fast path for
 * nearly all values, and small enough for the memory of each workflow.
 */
export function isPlainJson(value: unknown, level: number = 0): boolean {
  switch (typeof value) {
    case "undefined":
    case "boolean":
      return true;
    case "number":
      return Number.isSafeInteger(value) || (Number.isFinite(value) && value % 1 !== 0);
    case "string":
      return value.isWellFormed();
    case "object":
      return value === null || (level < maxLevels && isPlainObject(value, level + 1));
    default:
      return false;
  }
}

// By index, and with few calls: a workflow's engine doesn't compile, and is slow with iterators.
function isPlainObject(value: object, level: number): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) {
    const items = value as readonly unknown[];
    for (let index = 0; index < items.length; index += 1) {
      if (!isPlainJson(items[index], level)) return false;
    }
    return Array.isArray(value);
  }
  if (prototype === Date.prototype)
    return (
      Object.prototype.toString.call(value) === "[object Date]" && !Number.isNaN(Number(value))
    );
  if (prototype !== Object.prototype && prototype !== null) return false;
  const keys = Object.keys(value);
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] ?? "";
    if (key === "toJSON" || !key.isWellFormed()) return false;
    if (!isPlainJson((value as Readonly<Record<string, unknown>>)[key], level)) return false;
  }
  return true;
}
