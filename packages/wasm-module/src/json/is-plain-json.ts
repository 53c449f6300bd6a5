const maxLevels = 50;
// Looked up once: a workflow's engine doesn't compile, and finds names one by one.
const { getPrototypeOf, keys: keysOf, prototype: ofObjects } = Object;
const { prototype: ofArrays } = Array;

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
      // Safe integers, and all finite numbers that are not whole.
      return value % 1 === 0
        ? value <= 9_007_199_254_740_991 && value >= -9_007_199_254_740_991
        : value - value === 0;
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
  const prototype: unknown = getPrototypeOf(value);
  if (prototype === ofArrays) {
    const items = value as readonly unknown[];
    for (let index = 0; index < items.length; index += 1) {
      if (!isPlainJson(items[index], level)) return false;
    }
    return Array.isArray(value);
  }
  if (prototype === Date.prototype)
    return ofObjects.toString.call(value) === "[object Date]" && !Number.isNaN(Number(value));
  if (prototype !== ofObjects && prototype !== null) return false;
  const keys = keysOf(value);
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] ?? "";
    if (key === "toJSON" || !key.isWellFormed()) return false;
    if (!isPlainJson((value as Readonly<Record<string, unknown>>)[key], level)) return false;
  }
  return true;
}
