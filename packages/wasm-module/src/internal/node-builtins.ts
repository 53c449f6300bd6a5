import type * as crypto from "node:crypto";
import type * as fs from "node:fs";
import type * as os from "node:os";
import type * as path from "node:path";
import type * as url from "node:url";

type Process = typeof process;

/**
 * One of Node's own modules, looked for when it is needed: bundles for browsers have none of them, and what imports one
 * can't be put into such a bundle. Node, Bun and Deno have them all, Cloudflare's workers some.
 *
 * @param purpose for the error, as in "Reading a module's file"
 * @throws Error where the platform lacks it, saying what to do
 */
export function nodeBuiltin<Name extends BuiltinName>(name: Name, purpose: string): Builtin<Name> {
  const found = optionalNodeBuiltin(name);
  if (found !== undefined) return found;
  throw new Error(
    `${purpose} needs ${name}, which this platform does not have. Do it in Node, Bun or Deno.`,
  );
}

/** The same where there is another way; `undefined`: the platform lacks it. */
export function optionalNodeBuiltin<Name extends BuiltinName>(
  name: Name,
): Builtin<Name> | undefined {
  const { process: host } = globalThis as { readonly process?: Partial<Process> };
  return host?.getBuiltinModule?.(name) as Builtin<Name> | undefined;
}

interface Builtins {
  readonly "node:crypto": typeof crypto;
  readonly "node:fs": typeof fs;
  readonly "node:os": typeof os;
  readonly "node:path": typeof path;
  readonly "node:url": typeof url;
}

/** The modules that are looked for. */
export type BuiltinName = keyof Builtins;

/** What a module of Node's exports. */
export type Builtin<Name extends BuiltinName> = Builtins[Name];
