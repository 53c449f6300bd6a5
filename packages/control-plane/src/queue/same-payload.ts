import { isDeepStrictEqual } from "node:util";

/** A part of ECMAScript that TypeScript's library doesn't have yet: JSON.parse source text access. */
type ParseWithSource = (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;

/** Whether two JSON texts are equal, regardless of the order of members. Every digit counts. */
export function samePayload(one: string, other: string): boolean {
  return one === other || isDeepStrictEqual(parseDigits(one), parseDigits(other));
}

function parseDigits(text: string): unknown {
  return (JSON.parse as ParseWithSource)(text, (_key, value, { source }) =>
    typeof value === "number" ? { digits: source } : value,
  );
}
