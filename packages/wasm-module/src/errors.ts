/** `Symbol.for` keeps one registry for the whole process, so that copies of this package share the symbol. */
const brand: unique symbol = Symbol.for("@flawless-ts/error");

/**
 * Base class of every public error of the Flawless packages.
 *
 * Tell errors apart by `code`, which is stable (such as `"FLAWLESS_NOT_FOUND"`), or by `_tag`, as Effect's `catchTag`
 * does. `instanceof` fails as soon as a process holds two copies of a package; {@link FlawlessError.is} does not.
 */
export abstract class FlawlessError extends Error {
  /** Stable, machine-readable name of what went wrong. Part of the public API, unlike the message. */
  abstract readonly code: string;

  /** Name of the error's class, spelled out so that minifying does not change it. */
  abstract readonly _tag: string;

  /**
   * Whether `value` is a public error of any Flawless package, made by this or another copy of it.
   *
   * A subclass that does not override it inherits this meaning: then compare `code` to learn which error it is.
   */
  static is(value: unknown): value is FlawlessError {
    return typeof value === "object" && value !== null && brand in value;
  }
}

Object.defineProperties(FlawlessError.prototype, {
  [brand]: { value: true },
  // An accessor, because the tag is known only once the subclass has set its fields.
  name: {
    configurable: true,
    get(this: FlawlessError): string {
      return this._tag;
    },
  },
});
