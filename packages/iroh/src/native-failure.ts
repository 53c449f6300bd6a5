/** The native library's errors, and their meaning for somebody with a ticket. */
const meanings: readonly (readonly [told: RegExp, meaning: string])[] = [
  [
    /invalid peer certificate/i,
    "another endpoint answers at its addresses, with another key than the ticket's",
  ],
  [/doesn't support any known protocol/i, "the endpoint does not offer it"],
];

/**
 * Removes type names from the start, and source positions and stack traces from the end, of the native library's
 * errors.
 */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const meaning = meanings.find(([told]) => told.test(message))?.[1];
  if (meaning !== undefined) return meaning;
  const [told = ""] = message.split(/\s*Stack backtrace:/);
  const lines = told
    .replaceAll(/\s*\([^\s()]*\.rs:\d+:\d+\)/g, "")
    .replaceAll(/\b\w+Error(?:::\w+)*(?:: |$)/gm, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && line !== "Caused by:");
  return lines.join(": ").replace(/[.:]+$/, "");
}
