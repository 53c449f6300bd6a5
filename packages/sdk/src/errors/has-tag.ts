import { FlawlessError } from "@flawless-ts/wasm-module";

/** Whether `value` is the public error named `tag`, also when another copy of the package made it. */
export function hasTag(value: unknown, tag: string): boolean {
  return FlawlessError.is(value) && value._tag === tag;
}
