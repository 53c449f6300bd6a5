import type { Contract } from "@flawless-ts/wasm-module";
import type { CheckedContract } from "./by-contract.ts";

/** A contract whose checks are loaded when the first value is checked. */
export function lazilyChecked<C extends Contract>(contract: C): CheckedContract<C> {
  return { contract, checks: () => import("./value-checks.ts") };
}
