import type { Contract } from "@flawless-ts/wasm-module";
import type { CheckedContract } from "../client/by-contract.ts";
import * as checks from "../client/value-checks.ts";

/**
 * A contract for a {@link WorkflowClient}, together with the code that checks values by it. That code adds about 1 KB
 * (compressed) to a bundle; programs without contracts don't contain it.
 *
 * ```ts
 * const module = client.module(checked(shop));
 * ```
 */
export function checked<C extends Contract>(contract: C): CheckedContract<C> {
  return { contract, checks: async () => checks };
}
