import type { Contract, WorkflowNames } from "@flawless-ts/wasm-module";
import type * as checks from "./value-checks.ts";

/** The functions that check values by a contract. */
export type ContractChecks = typeof checks;

/** A contract, and the code that checks values by it: see `checked`. */
export interface CheckedContract<C extends Contract = Contract> {
  readonly contract: C;
  /** @internal */
  readonly checks: () => Promise<ContractChecks>;
}

/** A workflow and its contract; `contract` is `null` without one. */
export interface WorkflowBinding<C extends Contract, W extends WorkflowNames<C>> {
  readonly contract: CheckedContract<C> | null;
  readonly workflow: W | null;
}

/**
 * Checks a value against the contract, if there is one.
 *
 * @returns the result of the check; without a contract, the unchanged value.
 * @throws {ContractError} if it violates the contract.
 */
export async function byContract<C extends Contract, W extends WorkflowNames<C>, T>(
  { contract, workflow }: WorkflowBinding<C, W>,
  value: unknown,
  check: (checks: ContractChecks, contract: C, workflow: W) => Promise<T>,
): Promise<T> {
  // Without a contract every value is `unknown`.
  if (contract === null || workflow === null) return value as T;
  return await check(await contract.checks(), contract.contract, workflow);
}
