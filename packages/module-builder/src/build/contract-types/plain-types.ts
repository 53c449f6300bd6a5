// Given to the TypeScript compiler when a module is built, so that the declarations it emits show what goes through
// JSON: every name of the user's is replaced by what it stands for.
//
// A compiler prints a type by its name if it can. So each part becomes a string literal that nobody has named:
//   ":string"   a keyword
//   "=approve"  a string, "#7" a number
//   "^1"        the type at this level among those around it: the type contains itself
//   { "[]": T } an array, { "[,]": T } a tuple

/** Whether both are the same type, not just assignable to each other. */
type Same<A, B> =
  (<G>() => G extends A ? 1 : 2) extends <G>() => G extends B ? 1 : 2 ? true : false;

type PlaceOf<T, Around extends readonly unknown[]> = Around extends readonly [
  ...infer Outer,
  infer Inner,
]
  ? Same<T, Inner> extends true
    ? Outer["length"]
    : PlaceOf<T, Outer>
  : never;

type Plain<T, Around extends readonly unknown[]> = unknown extends T
  ? unknown
  : [T] extends [never]
    ? never
    : BooleanPart<T> | OtherPart<Exclude<T, boolean>, Around>;

type BooleanPart<T> = true extends T
  ? false extends T
    ? ":boolean"
    : ":true"
  : false extends T
    ? ":false"
    : never;

type OtherPart<T, Around extends readonly unknown[]> = T extends undefined | void | null
  ? ":null"
  : T extends string
    ? TextPart<T>
    : T extends number
      ? NumberPart<T>
      : T extends bigint
        ? ":bigint"
        : T extends { toJSON(key: never): infer Json }
          ? Plain<Json, Around>
          : T extends (...parameters: never) => unknown
            ? never
            : T extends object
              ? Composite<T, Around>
              : never;

// If it is also an object, it is a branded string or number: JSON has no brands.
type TextPart<T extends string> = string extends T
  ? ":string"
  : T extends object
    ? ":string"
    : `=${T}`;
type NumberPart<T extends number> = T extends object ? ":number" : `#${T}`;

type Composite<T extends object, Around extends readonly unknown[]> = [PlaceOf<T, Around>] extends [
  never,
]
  ? T extends readonly unknown[]
    ? List<T, readonly [...Around, T]>
    : Properties<T, readonly [...Around, T]>
  : `^${PlaceOf<T, Around>}`;

type List<T extends readonly unknown[], Around extends readonly unknown[]> = T extends
  | readonly [unknown, ...unknown[]]
  | readonly [...unknown[], unknown]
  ? Tuple<T, Around>
  : number extends T["length"]
    ? { "[]": Plain<T[number], Around> }
    : Tuple<T, Around>;

type Tuple<T extends readonly unknown[], Around extends readonly unknown[]> = {
  "[,]": { [Index in keyof T]: Plain<T[Index], Around> };
};

type Properties<T extends object, Around extends readonly unknown[]> = {
  [Key in RequiredKeys<T>]: Plain<T[Key], Around>;
} & {
  [Key in Exclude<JsonKeys<T>, RequiredKeys<T>>]?: Plain<Exclude<T[Key], undefined>, Around>;
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

interface Schema {
  readonly "~standard": {
    readonly types?: { readonly input: unknown; readonly output: unknown } | undefined;
  };
}
type SideType<S extends Schema, Side extends "input" | "output"> = NonNullable<
  S["~standard"]["types"]
>[Side];
type SideOf<S, Side extends "input" | "output"> = S extends Schema
  ? Plain<SideType<S, Side>, readonly []>
  : unknown;

/** An input that may be omitted is an optional property. */
type InputPart<W> = W extends { readonly input: infer S extends Schema }
  ? undefined extends SideType<S, "input">
    ? unknown extends SideType<S, "input">
      ? { readonly input: unknown }
      : { readonly input?: Plain<Exclude<SideType<S, "input">, undefined | void>, readonly []> }
    : { readonly input: SideOf<S, "input"> }
  : unknown;

type ResponsePart<W> = W extends { readonly response: infer S }
  ? { readonly response: SideOf<S, "output"> }
  : unknown;

type MessagesOf<W> = W extends { readonly messages: infer Messages }
  ? { readonly messages: { readonly [Type in keyof Messages]: SideOf<Messages[Type], "input"> } }
  : unknown;

/** The workflows of a contract, with what callers send and get in plain form. */
export declare function plainContract<M extends { readonly workflows: object }>(): {
  readonly [Name in keyof M["workflows"]]: InputPart<M["workflows"][Name]> &
    ResponsePart<M["workflows"][Name]> &
    MessagesOf<M["workflows"][Name]> extends infer Parts
    ? { readonly [Part in keyof Parts]: Parts[Part] }
    : never;
};
