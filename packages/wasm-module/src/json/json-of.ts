/** Bytes in any form. */
type Bytes = ArrayBufferView | ArrayBuffer | SharedArrayBuffer;
type AnyFunction =
  | ((...parameters: never) => unknown)
  | (abstract new (...parameters: never) => unknown);
/** An object that defines its own form in JSON, as a `Date` does. */
type Speaking = { toJSON(key: never): unknown };

/** Why JSON can't represent a value of this type, in the words of `writeJson`; `never` if it can. */
export type Refusal<T> = T extends symbol
  ? "a symbol"
  : T extends AnyFunction
    ? "a function"
    : T extends PromiseLike<unknown>
      ? "a Promise (forgotten `await`?)"
      : T extends Bytes
        ? "bytes (encode them, for example as base64)"
        : T extends Speaking
          ? never
          : T extends ReadonlyMap<unknown, unknown>
            ? "a Map (use Object.fromEntries)"
            : T extends ReadonlySet<unknown>
              ? "a Set (use an array)"
              : T extends WeakMap<WeakKey, unknown> | WeakSet<WeakKey> | WeakRef<WeakKey>
                ? "a WeakMap, WeakSet or WeakRef"
                : T extends RegExp
                  ? "a RegExp (send its source)"
                  : T extends Error
                    ? "stack" extends keyof T
                      ? "an Error (send its message)"
                      : never
                    : never;

/**
 * The type of a value after a round trip through JSON: text for a `Date`, the result of `toJSON`, `null` for
 * `undefined`, a `number` or a `bigint` for a `bigint`. What JSON can't represent is refused, so its type is `never`.
 */
export type JsonOf<T> = unknown extends T
  ? unknown
  : T extends undefined | void
    ? null
    : T extends string | number | boolean | null
      ? T
      : T extends bigint
        ? number | bigint
        : [Refusal<T>] extends [never]
          ? T extends { toJSON(key: never): infer Json }
            ? JsonOf<Json>
            : T extends readonly unknown[]
              ? JsonArray<T>
              : T extends object
                ? JsonObject<T>
                : never
          : never;

// Arrays of any length get their own type, so that the compiler defers their elements, which may be of the same type.
type JsonArray<T extends readonly unknown[]> = T extends
  | readonly [unknown, ...unknown[]]
  | readonly [...unknown[], unknown]
  ? { [Index in keyof T]: JsonOf<T[Index]> }
  : number extends T["length"]
    ? T extends unknown[]
      ? JsonOf<T[number]>[]
      : readonly JsonOf<T[number]>[]
    : { [Index in keyof T]: JsonOf<T[Index]> };

/** JSON omits a property that is undefined. */
type JsonObject<T extends object> = {
  [Key in keyof T as Key extends RequiredKeys<T> ? Key : never]: JsonOf<T[Key]>;
} & {
  [Key in keyof T as Key extends Exclude<JsonKeys<T>, RequiredKeys<T>> ? Key : never]?: JsonOf<
    Exclude<T[Key], undefined>
  >;
} extends infer Both
  ? { [Key in keyof Both]: Both[Key] }
  : never;

type JsonKeys<T> = {
  [Key in keyof T]-?: Key extends string | number
    ? T[Key] extends AnyFunction
      ? never
      : Key
    : never;
}[keyof T];

type RequiredKeys<T> = {
  [Key in JsonKeys<T>]: undefined extends T[Key] ? (unknown extends T[Key] ? Key : never) : Key;
}[JsonKeys<T>];
