import { runBody } from "./module-source.testing.ts";
import type { TestHost } from "./run-module.testing.ts";

/** The value of an expression, or the name of the error it throws. */
export type GuestValue = { readonly value: unknown } | { readonly thrown: string };

/**
 * Evaluates expressions in a workflow; the values are those that JSON preserves. All are in one module, because a build
 * takes time.
 */
export async function guestValues(
  expressions: readonly string[],
  host: TestHost = {},
  before = "",
): Promise<readonly GuestValue[]> {
  const parts = expressions.map((expression) => `async () => (${expression})`);
  const { response, logs } = await runBody(
    `${before}
     const values: unknown[] = [];
     for (const part of [${parts.join(",\n")}] as (() => Promise<unknown>)[]) {
       try { values.push({ value: (await part()) ?? null }); }
       catch (error: any) { values.push({ thrown: (error.name + ": " + error.message).toWellFormed() }); }
     }
     return values;`,
    host,
  );
  if (!Array.isArray(response)) throw new Error(logs.map(({ text }) => text).join("\n"));
  return response as GuestValue[];
}
