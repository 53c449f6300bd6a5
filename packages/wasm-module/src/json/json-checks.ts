import type { Refusal } from "./json-of.ts";

/** Appears in compiler errors for a type that JSON can't represent. No value has this type. */
export interface NotJson<Reason extends string> {
  readonly "does not go through JSON": Reason;
}

type Scalar = string | number | boolean | null | undefined | void;

/** `T` if JSON can represent it. Each part that it can't is a {@link NotJson}, to which nothing can be assigned. */
export type Sendable<T> = unknown extends T
  ? T
  : T extends Scalar | bigint
    ? T
    : [Refusal<T>] extends [never]
      ? T extends { toJSON(key: never): unknown }
        ? T
        : T extends readonly unknown[]
          ? SendableList<T>
          : T extends object
            ? { [Key in keyof T]: SendableMember<T[Key]> }
            : T
      : NotJson<Refusal<T>>;

/** JSON omits methods. */
type SendableMember<T> = T extends (...parameters: never) => unknown ? T : Sendable<T>;

// As in JsonOf: the compiler defers the elements of arrays of any length.
type SendableList<T extends readonly unknown[]> =
  IsTuple<T> extends true
    ? { [Index in keyof T]: Sendable<T[Index]> }
    : T extends unknown[]
      ? Sendable<T[number]>[]
      : readonly Sendable<T[number]>[];

/** `T` if what JSON preserves of it is again a `T`. Each part that arrives as something else is a {@link NotJson}. */
export type Receivable<T> = unknown extends T ? T : ReceivablePart<T, T>;

type ReceivablePart<T, Whole> = T extends Scalar
  ? T
  : T extends bigint
    ? number extends Whole
      ? T
      : NotJson<"an integer up to 2^53 - 1 arrives as a number: take number | bigint">
    : [Refusal<T>] extends [never]
      ? T extends Date
        ? NotJson<"a Date arrives as text: take a string">
        : T extends { toJSON(key: never): unknown }
          ? NotJson<"what has a toJSON arrives as what that gives: take its type">
          : T extends readonly unknown[]
            ? ReceivableList<T>
            : T extends object
              ? { [Key in keyof T]: Key extends symbol ? T[Key] : Receivable<T[Key]> }
              : T
      : NotJson<Refusal<T>>;

type ReceivableList<T extends readonly unknown[]> =
  IsTuple<T> extends true
    ? { [Index in keyof T]: Receivable<T[Index]> }
    : T extends unknown[]
      ? ReceivableItem<T[number]>[]
      : readonly ReceivableItem<T[number]>[];

type ReceivableItem<T> = unknown extends T
  ? T
  : undefined extends T
    ? NotJson<"undefined in an array arrives as null: take null">
    : Receivable<T>;

type IsTuple<T extends readonly unknown[]> = T extends
  | readonly [unknown, ...unknown[]]
  | readonly [...unknown[], unknown]
  ? true
  : number extends T["length"]
    ? false
    : true;
