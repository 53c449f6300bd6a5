import { runBody } from "./module-source.testing.ts";
import type { TestHost } from "./run-module.testing.ts";

/** What an expression gives, or the name of what it throws. */
export type GuestValue = { readonly value: unknown } | { readonly thrown: string };

/**
 * What expressions give in a workflow, each as JSON leaves it. One module for all of them, as a build takes its time.
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
