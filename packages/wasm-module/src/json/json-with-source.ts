/** In ECMAScript, but not yet in TypeScript's library: JSON.parse source text access. */
interface JsonWithSource {
  rawJSON(text: string): unknown;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
}

export const jsonWithSource: JsonWithSource = JSON as unknown as JsonWithSource;

/** Whether an integer fits 64 bits, signed or unsigned. */
export function fits64Bits(integer: bigint): boolean {
  return integer >= -(2n ** 63n) && integer < 2n ** 64n;
}
