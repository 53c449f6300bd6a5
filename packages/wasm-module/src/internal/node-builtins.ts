/**
 * One of Node's own modules, looked for when it is needed: bundles for browsers have none of them, and what imports one
 * can't be put into such a bundle. Node, Bun and Deno have them all, Cloudflare's workers some.
 *
 * Its type is the caller's to tell, `nodeBuiltin<typeof fs>("node:fs", ...)`: who installs this package for a browser need not
 * have Node's types.
 *
 * @param purpose for the error, as in "Reading a module's file"
 * @throws Error where the platform lacks it, saying what to do
 */
export function nodeBuiltin<Module>(name: `node:${string}`, purpose: string): Module {
  const found = optionalNodeBuiltin<Module>(name);
  if (found !== undefined) return found;
  throw new Error(
    `${purpose} needs ${name}, which this platform does not have. Do it in Node, Bun or Deno.`,
  );
}

/** The same where there is another way; `undefined`: the platform lacks it. */
export function optionalNodeBuiltin<Module>(name: `node:${string}`): Module | undefined {
  const { process: host } = globalThis as { readonly process?: Partial<typeof process> };
  return host?.getBuiltinModule?.(name) as Module | undefined;
}
