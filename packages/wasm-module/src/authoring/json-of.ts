/** What becomes of a value that is written as JSON and read again. */
export type JsonOf<T> = unknown extends T
  ? unknown
  : T extends undefined | void
    ? null
    : T extends string | number | boolean | null
      ? T
      : T extends { toJSON(): infer Json }
        ? JsonOf<Json>
        : T extends readonly unknown[]
          ? JsonArray<T>
          : T extends object
            ? JsonObject<T>
            : never;

// Arrays of any length are written as such, so that the compiler puts off what is in them: it may be the same type.
type JsonArray<T extends readonly unknown[]> = T extends
  | readonly [unknown, ...unknown[]]
  | readonly [...unknown[], unknown]
  ? { [Index in keyof T]: JsonOf<T[Index]> }
  : number extends T["length"]
    ? T extends unknown[]
      ? JsonOf<T[number]>[]
      : readonly JsonOf<T[number]>[]
    : { [Index in keyof T]: JsonOf<T[Index]> };

/** A property that can be undefined is left out of JSON then. */
type JsonObject<T extends object> = {
  [Key in RequiredKeys<T>]: JsonOf<T[Key]>;
} & {
  [Key in Exclude<JsonKeys<T>, RequiredKeys<T>>]?: JsonOf<Exclude<T[Key], undefined>>;
} extends infer Both
  ? { [Key in keyof Both]: Both[Key] }
  : never;

type JsonKeys<T> = {
  [Key in keyof T]-?: Key extends string | number
    ? T[Key] extends (...parameters: never) => unknown
      ? never
      : Key
    : never;
}[keyof T];

type RequiredKeys<T> = {
  [Key in JsonKeys<T>]: undefined extends T[Key] ? (unknown extends T[Key] ? Key : never) : Key;
}[JsonKeys<T>];
