/**
 * Reads a part of a JSON value as a `T`. A few functions in place of a library for schemas, as each byte of the client counts where it is
 * bundled.
 *
 * @param path where in the value it is: `workflows.0.id`; empty at the top.
 * @throws {ShapeError} when it is something else.
 */
export type Shape<T> = (value: unknown, path: string) => T;

/** A value has another shape than expected. */
export class ShapeError extends Error {}

/** What a value is read as; `undefined` where it has another shape. */
export function readIf<T>(shape: Shape<T>, value: unknown): T | undefined {
  return either<T | undefined>(shape, () => undefined)(value, "");
}

type Members = Readonly<Record<string, Shape<unknown>>>;

/** What an object of these members is read as. */
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

/** Anything, as long as it is there. */
export function present<T>(value: unknown, path: string): T {
  return value === undefined ? refuse("a value", value, path) : (value as T);
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, path) => (value === null ? null : shape(value, path));
}

/** What need not be there. @param missing what it is read as then; default `undefined`. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined>;
export function optional<T, Missing>(shape: Shape<T>, missing: Missing): Shape<T | Missing>;
export function optional<T>(shape: Shape<T>, missing?: unknown): Shape<unknown> {
  return (value, path) => (value === undefined ? missing : shape(value, path));
}

/** The same for `null`, too. */
export function nullish<T, Missing>(shape: Shape<T>, missing: Missing): Shape<T | Missing> {
  return (value, path) => (value === undefined || value === null ? missing : shape(value, path));
}

/** What is made of what is read. */
export function mapped<Read, T>(
  shape: Shape<Read>,
  make: (read: Read, path: string) => T,
): Shape<T> {
  return (value, path) => make(shape(value, path), path);
}

/** The first shape, or else the second. */
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

/** Members that are not named are let through unseen, and are not in what comes out. */
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

/** An object whose member `tag` tells which other members it has. */
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
