import type { Contract, UntypedContract } from "@flawless-ts/wasm-module";
import {
  InvalidOptionError,
  optionNames,
  refuseUnknownOptions,
} from "@flawless-ts/wasm-module/internal/client";
import type { DeployedName, FlawlessConnection } from "../connection/connection.ts";
import type { CallOptions } from "../http/call-scope.ts";
import { inCall } from "./in-call.ts";
import { checkIdentity, checkModule } from "./module-contract.ts";
import { readModule, type ModuleSource } from "./module-source.ts";

/** Options of `deploy`. */
export interface DeployOptions<C extends Contract = UntypedContract> extends CallOptions {
  /** Types the inputs and responses of the module's workflows, and checks them in both directions. */
  readonly contract?: C | undefined;
}

const deployOptionNames = optionNames<DeployOptions>({
  signal: true,
  timeoutMs: true,
  contract: true,
});

/** See `Flawless.deploy`. */
export async function deploy<C extends Contract>(
  connection: FlawlessConnection,
  module: ModuleSource,
  options: DeployOptions<C>,
): Promise<DeployedName> {
  refuseUnknownOptions(options, deployOptionNames);
  const { contract, ...call } = options;
  if (contract !== undefined && typeof contract?.workflows !== "object") {
    throw new InvalidOptionError(
      "contract",
      "expected a contract, such as `defineContract` returns.",
    );
  }
  return await inCall(connection, ["Deploying a module", call], async (scope) => {
    const bytes = await readModule(module, scope.signal);
    if (contract !== undefined) checkModule(contract, bytes);
    const deployed = await connection.deploy(bytes, scope);
    if (contract !== undefined) checkIdentity(contract, deployed);
    return deployed;
  });
}
