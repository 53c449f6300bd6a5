import type { Contract } from "@flawless-ts/wasm-module";
import {
  ContractError,
  moduleNames,
  type ContractIssue,
} from "@flawless-ts/wasm-module/internal/client-values";

/** A module's name and version. */
export interface ModuleIdentity {
  readonly name: string;
  readonly version: string;
}

/**
 * Compares a module with its contract before it is deployed. Bytes that are not a module are left to the server, which
 * knows best what it runs.
 *
 * @throws {ContractError} when the contract is for another module or version, or names a workflow the module lacks.
 */
export function checkModule(contract: Contract, bytes: Uint8Array): void {
  const info = moduleNames(bytes);
  if (info === null) return;
  const missing = Object.keys(contract.workflows).filter(
    (workflow) => !info.workflows.includes(workflow),
  );
  const issues = missing.map((workflow): ContractIssue => {
    const names = info.workflows.map((name) => `"${name}"`).join(", ");
    return {
      path: `$.workflows.${workflow}`,
      message: `the module has no such workflow, it has ${names}`,
    };
  });
  refuse(contract, [...identityIssues(contract, info), ...issues]);
}

/** @throws {ContractError} if the contract is for a module or version other than the deployed one. */
export function checkIdentity(contract: Contract, deployed: ModuleIdentity): void {
  refuse(contract, [...identityIssues(contract, deployed)]);
}

function* identityIssues(contract: Contract, module: ModuleIdentity): Generator<ContractIssue> {
  for (const field of ["name", "version"] as const) {
    if (contract[field] === module[field]) continue;
    yield {
      path: `$.${field}`,
      message: `expected "${contract[field]}", but the module's is "${module[field]}"`,
    };
  }
}

function refuse(contract: Contract, issues: readonly ContractIssue[]): void {
  if (issues.length === 0) return;
  throw new ContractError({
    contract: `${contract.name} ${contract.version}`,
    workflow: null,
    direction: "module",
    issues,
  });
}
