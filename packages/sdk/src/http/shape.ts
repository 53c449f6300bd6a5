/**
 * Reads a part of a JSON value as a `T`. A few functions instead of a schema library, because every byte of a bundled
 * client counts.
 *
 * @param path the path in the whole value: `workflows.0.id`; empty at the top.
 * @throws {ShapeError} if it is something else.
 */
export type Shape<T> = (value: unknown, path: string) => T;

/** A value doesn't have the expected shape. */
export class ShapeError extends Error {}

/** Reads a value; `undefined` if it has another shape. */
export function readIf<T>(shape: Shape<T>, value: unknown): T | undefined {
  return either<T | undefined>(shape, () => undefined)(value, "");
}

type Members = Readonly<Record<string, Shape<unknown>>>;

/** The type of an object with these members. */
export type ObjectOf<Shapes extends Members> = {
  readonly [Name in keyof Shapes]: ReturnType<Shapes[Name]>;
};

export function string(value: unknown, path: string): string {
  return typeof value === "string" ? value : refuse("a string", value, path);
}

export function number(value: unknown, path: string): number {
  return typeof value === "number" ? value : refuse("a number", value, path);
}

export function boolean(value: unknown, path: string): boolean {
  return typeof value === "boolean" ? value : refuse("true or false", value, path);
}

/** Anything except a missing value. */
export function present<T>(value: unknown, path: string): T {
  return value === undefined ? refuse("a value", value, path) : (value as T);
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, path) => (value === null ? null : shape(value, path));
}

/** An optional value. @param missing the value if it is missing; default `undefined`. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined>;
export function optional<T, Missing>(shape: Shape<T>, missing: Missing): Shape<T | Missing>;
export function optional<T>(shape: Shape<T>, missing?: unknown): Shape<unknown> {
  return (value, path) => (value === undefined ? missing : shape(value, path));
}

/** The same, also for `null`. */
export function nullish<T, Missing>(shape: Shape<T>, missing: Missing): Shape<T | Missing> {
  return (value, path) => (value === undefined || value === null ? missing : shape(value, path));
}

/** Converts what is read. */
export function mapped<Read, T>(
  shape: Shape<Read>,
  make: (read: Read, path: string) => T,
): Shape<T> {
  return (value, path) => make(shape(value, path), path);
}

/** The first shape, otherwise the second. */
export function either<T>(first: Shape<T>, second: Shape<T>): Shape<T> {
  return (value, path) => {
    try {
      return first(value, path);
    } catch {
      return second(value, path);
    }
  };
}

export function array<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (value, path) =>
    Array.isArray(value)
      ? value.map((item, index) => shape(item, within(path, index)))
      : refuse("an array", value, path);
}

/** An object whose members all have one shape. */
export function record<T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return (value, path) =>
    Object.fromEntries(
      Object.entries(objectAt(value, path)).map(([name, member]) => [
        name,
        shape(member, within(path, name)),
      ]),
    );
}

/** Members that are not listed are ignored, and omitted from the result. */
export function object<Shapes extends Members>(shapes: Shapes): Shape<ObjectOf<Shapes>> {
  return (value, path) => {
    const given = objectAt(value, path);
    const read: Record<string, unknown> = {};
    for (const [name, shape] of Object.entries(shapes)) {
      const member = Object.hasOwn(given, name) ? given[name] : undefined;
      const result = shape(member, within(path, name));
      if (result !== undefined) read[name] = result;
    }
    return read as ObjectOf<Shapes>;
  };
}

export function oneOf<const T extends string>(values: readonly T[]): Shape<T> {
  return (value, path) =>
    values.includes(value as T) ? (value as T) : refuse(values.join(" or "), value, path);
}

/** An object whose member `tag` determines its other members. */
export function variant<Tag extends string, Variants extends Readonly<Record<string, Members>>>(
  tag: Tag,
  variants: Variants,
): Shape<
  {
    [Name in keyof Variants]: Readonly<Record<Tag, Name>> & ObjectOf<Variants[Name]>;
  }[keyof Variants]
> {
  return (value, path) => {
    const name = oneOf(Object.keys(variants))(objectAt(value, path)[tag], within(path, tag));
    return { [tag]: name, ...object(variants[name] ?? {})(value, path) } as never;
  };
}

function objectAt(value: unknown, path: string): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : refuse("an object", value, path);
}

function within(path: string, name: string | number): string {
  return path === "" ? String(name) : `${path}.${name}`;
}

function refuse(expected: string, value: unknown, path: string): never {
  throw new ShapeError(`expected ${expected} at ${path || "its top"}, not ${shown(value)}`);
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 50));
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "an array" : "an object";
}
