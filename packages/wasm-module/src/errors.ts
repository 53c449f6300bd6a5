/** `Symbol.for` keeps one registry for the whole process, so that copies of this package share the symbol. */
const brand: unique symbol = Symbol.for("@flawless-ts/error");

/** A class of errors, also one that is abstract. */
type ErrorClass = abstract new (...args: never[]) => FlawlessError;

/**
 * Base class of every public error of the Flawless packages.
 *
 * Tell errors apart by `code`, which is stable (such as `"FLAWLESS_NOT_FOUND"`), by `_tag`, as Effect's `catchTag`
 * does, or by class: `instanceof` and {@link FlawlessError.is} know the errors of other copies of a package too, also
 * where a bundler has renamed its classes.
 *
 * A subclass gives its tag as an accessor, `get _tag(): "NotFoundError"`. That is what it is known by in other copies.
 */
export abstract class FlawlessError extends Error {
  /** Stable, machine-readable name of what went wrong. Part of the public API, unlike the message. */
  abstract readonly code: string;

  /** Name of the error's class, spelled out so that minifying does not change it. */
  abstract get _tag(): string;

  /**
   * Whether `value` is an error of this class or of one that extends it, made by this or another copy of the package.
   * The same as `value instanceof` this class, as a function to hand on: `errors.filter(NotFoundError.is)`.
   */
  declare static readonly is: <Class extends ErrorClass>(
    this: Class,
    value: unknown,
  ) => value is InstanceType<Class>;

  /** What `instanceof` asks; see {@link FlawlessError.is}. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isOf(this, value);
  }
}

Object.defineProperty(FlawlessError, "is", {
  // Bound to the class that it is taken from, so that it stays that class's without it.
  get(this: ErrorClass): (value: unknown) => boolean {
    return (value) => isOf(this, value);
  },
});

Object.defineProperties(FlawlessError.prototype, {
  [brand]: {
    // The tags of the error's class and of those that it extends. Each copy of the package reads its own errors' tags.
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
  // A class without a tag of its own has no name that another copy could know it by.
  if (tag === undefined) return Object.prototype.isPrototypeOf.call(errorClass.prototype, value);
  const tags = value[brand];
  return Array.isArray(tags) && tags.includes(tag);
}

/** The tag that the class of a prototype gives itself. */
function ownTag(prototype: object): string | undefined {
  const tag: unknown = Object.getOwnPropertyDescriptor(prototype, "_tag")?.get?.call(prototype);
  return typeof tag === "string" ? tag : undefined;
}
