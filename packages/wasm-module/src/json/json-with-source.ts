/** What ECMAScript has and TypeScript's library does not know yet: JSON.parse source text access. */
interface JsonWithSource {
  rawJSON(text: string): unknown;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
}

export const jsonWithSource: JsonWithSource = JSON as unknown as JsonWithSource;

/** Whether an integer is one of 64 bits, with or without sign. */
export function fits64Bits(integer: bigint): boolean {
  return integer >= -(2n ** 63n) && integer < 2n ** 64n;
}
