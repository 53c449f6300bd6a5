/**
 * One of Node's own modules, looked up on demand: bundles for browsers have none of them, and code that imports one
 * can't be part of such a bundle. Node, Bun and Deno have them all, Cloudflare's workers some.
 *
 * The caller provides its type, `nodeBuiltin<typeof fs>("node:fs", ...)`, so that users of this package in a browser
 * don't need Node's types.
 *
 * @param purpose for the error, as in "Reading a module's file"
 * @throws Error if the platform lacks it, saying what to do
 */
export function nodeBuiltin<Module>(name: `node:${string}`, purpose: string): Module {
  const found = optionalNodeBuiltin<Module>(name);
  if (found !== undefined) return found;
  throw new Error(
    `${purpose} needs ${name}, which this platform does not have. Do it in Node, Bun or Deno.`,
  );
}

/** The same if there is an alternative; `undefined`: the platform lacks it. */
export function optionalNodeBuiltin<Module>(name: `node:${string}`): Module | undefined {
  const { process: host } = globalThis as { readonly process?: Partial<typeof process> };
  return host?.getBuiltinModule?.(name) as Module | undefined;
}
