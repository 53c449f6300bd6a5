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
          ? { [Index in keyof T]: JsonOf<T[Index]> }
          : T extends object
            ? JsonObject<T>
            : never;

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
