import { listOf } from "../list-of.ts";

/** The max depth of nested values. */
const greatestDepth = 1000;
const errorTypes: Readonly<Record<string, ErrorConstructor>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** The standard's `structuredClone`, for JavaScript's own types. Instances of classes become plain objects. */
export function structuredClone<Value>(
  value: Value,
  options: { readonly transfer?: Iterable<ArrayBuffer> } = {},
): Value {
  if (arguments.length === 0) throw new TypeError("expected a value to clone");
  const moved = listOf(options?.transfer ?? [], "an array of ArrayBuffers as transfer");
  if (!moved.every((buffer) => buffer instanceof ArrayBuffer)) {
    throw refusal("a workflow transfers ArrayBuffers only");
  }
  const result = clone(value, new Map(), 0) as Value;
  // Nobody can tell that the content was copied, because the original is detached.
  for (const buffer of moved) buffer.transfer();
  return result;
}

function clone(value: unknown, seen: Map<object, unknown>, depth: number): unknown {
  if (typeof value === "symbol" || typeof value === "function") {
    throw refusal(`${String(value)} can't be cloned`);
  }
  if (typeof value !== "object" || value === null) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  if (depth > greatestDepth) {
    throw refusal(`values of up to ${greatestDepth} levels can be cloned, but got more`);
  }
  const copy = emptyCopy(value, seen, depth);
  seen.set(value, copy);
  const next = (part: unknown): unknown => clone(part, seen, depth + 1);
  if (value instanceof Map) {
    for (const [key, content] of [...value])
      (copy as Map<unknown, unknown>).set(next(key), next(content));
  } else if (value instanceof Set) {
    for (const content of [...value]) (copy as Set<unknown>).add(next(content));
  } else if (value instanceof Error) {
    if (Object.hasOwn(value, "cause")) hide(copy, "cause", next(value.cause));
  } else if (Array.isArray(value) || isPlain(value)) {
    for (const name of Object.keys(value)) {
      const content = next((value as Record<string, unknown>)[name]);
      Object.defineProperty(copy, name, {
        value: content,
        configurable: true,
        enumerable: true,
        writable: true,
      });
    }
  }
  return copy;
}

/** Values without members are copied as a whole. */
function emptyCopy(value: object, seen: Map<object, unknown>, depth: number): object {
  if (Array.isArray(value)) return withLength(value.length);
  if (value instanceof Date) return new Date(value.getTime());
  if (value instanceof RegExp) return new RegExp(value.source, value.flags);
  if (value instanceof Map) return new Map();
  if (value instanceof Set) return new Set();
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (ArrayBuffer.isView(value)) return viewCopy(value, seen, depth);
  if (value instanceof Error) return errorCopy(value);
  if (/^\[object (?:Boolean|Number|String|BigInt)\]$/.test(Object.prototype.toString.call(value))) {
    return Object(value.valueOf()) as object;
  }
  if (isPlain(value)) return {};
  throw refusal(`${Object.prototype.toString.call(value)} can't be cloned`);
}

/** The members follow later, and missing ones remain holes. */
function withLength(length: number): unknown[] {
  const array: unknown[] = [];
  array.length = length;
  return array;
}

function viewCopy(view: ArrayBufferView, seen: Map<object, unknown>, depth: number): object {
  const buffer = clone(view.buffer, seen, depth + 1) as ArrayBuffer;
  const type = view.constructor as new (
    buffer: ArrayBuffer,
    start: number,
    length: number,
  ) => object;
  const length =
    view instanceof DataView ? view.byteLength : (view as unknown as ArrayLike<unknown>).length;
  return new type(buffer, view.byteOffset, length);
}

function errorCopy(error: Error): Error {
  if (error instanceof DOMException) return new DOMException(error.message, error.name);
  const type = errorTypes[error.name] ?? Error;
  const copy = new type(String(error.message));
  hide(copy, "stack", error.stack);
  return copy;
}

function hide(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

/** Includes instances of the user's classes: all other objects of the language and the library have a tag. */
function isPlain(value: object): boolean {
  const tag = Object.prototype.toString.call(value);
  const isSpecial =
    value instanceof WeakMap ||
    value instanceof WeakSet ||
    value instanceof WeakRef ||
    value instanceof Promise;
  return tag === "[object Object]" && !isSpecial;
}

function refusal(message: string): DOMException {
  return new DOMException(message, "DataCloneError");
}
