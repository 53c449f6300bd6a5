/**
 * The items of an array or another iterable.
 *
 * @param what names them, for the message.
 * @throws {TypeError} if the value is not iterable.
 */
export function listOf<Item>(source: Iterable<Item>, what: string): Item[] {
  const isList =
    typeof source === "object" && source !== null && typeof source[Symbol.iterator] === "function";
  if (!isList)
    throw new TypeError(`expected ${what}, but got ${Object.prototype.toString.call(source)}`);
  return [...source];
}
