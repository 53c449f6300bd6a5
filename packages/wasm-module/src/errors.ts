/** `Symbol.for` keeps one registry for the whole process, so that copies of this package share the symbol. */
const brand: unique symbol = Symbol.for("@flawless-ts/error");

/** A class of errors, possibly abstract. */
type ErrorClass = abstract new (...args: never[]) => FlawlessError;

/**
 * Base class of every public error of the Flawless packages.
 *
 * Distinguish errors by `code`, which is stable (such as `"FLAWLESS_NOT_FOUND"`), by `_tag`, as Effect's `catchTag`
 * does, or by class: `instanceof` and {@link FlawlessError.is} also recognize errors of other copies of a package, even
 * if a bundler renamed the classes.
 *
 * A subclass defines its tag as an accessor, `get _tag(): "NotFoundError"`, by which other copies recognize it.
 */
export abstract class FlawlessError extends Error {
  /** A stable, machine-readable name of what went wrong. Part of the public API, unlike the message. */
  abstract readonly code: string;

  /** The name of the error's class, spelled out so that minifying doesn't change it. */
  abstract get _tag(): string;

  /**
   * Whether `value` is an error of this class or of one that extends it, made by this or another copy of the package.
   * The same as `value instanceof` this class, as a function to pass on: `errors.filter(NotFoundError.is)`.
   */
  declare static readonly is: <Class extends ErrorClass>(
    this: Class,
    value: unknown,
  ) => value is InstanceType<Class>;

  /** Implements `instanceof`; see {@link FlawlessError.is}. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isOf(this, value);
  }
}

Object.defineProperty(FlawlessError, "is", {
  // Bound to the class that it is read from, so that it works without that class.
  get(this: ErrorClass): (value: unknown) => boolean {
    return (value) => isOf(this, value);
  },
});

Object.defineProperties(FlawlessError.prototype, {
  [brand]: {
    // The tags of the error's class and its base classes. Each copy of the package reads its own errors' tags.
    get(this: FlawlessError): readonly string[] {
      const tags: string[] = [];
      let prototype: object | null = Object.getPrototypeOf(this);
      while (prototype !== null && prototype !== FlawlessError.prototype) {
        const tag = ownTag(prototype);
        if (tag !== undefined) tags.push(tag);
        prototype = Object.getPrototypeOf(prototype);
      }
      return tags;
    },
  },
  name: {
    configurable: true,
    get(this: FlawlessError): string {
      return this._tag;
    },
  },
});

function isOf(errorClass: ErrorClass, value: unknown): boolean {
  if (typeof value !== "object" || value === null || !(brand in value)) return false;
  if (errorClass === FlawlessError) return true;
  const tag = ownTag(errorClass.prototype);
  // A class without its own tag has no name by which another copy could recognize it.
  if (tag === undefined) return Object.prototype.isPrototypeOf.call(errorClass.prototype, value);
  const tags = value[brand];
  return Array.isArray(tags) && tags.includes(tag);
}

/** The tag that a prototype's own class defines. */
function ownTag(prototype: object): string | undefined {
  const tag: unknown = Object.getOwnPropertyDescriptor(prototype, "_tag")?.get?.call(prototype);
  return typeof tag === "string" ? tag : undefined;
}
