import type {
  Contract,
  StateOf,
  UpdateOutputOf,
  UpdateTypes,
  WorkflowNames,
} from "@flawless-ts/wasm-module";
import type { WorkflowConnection } from "../connection/connection.ts";
import type { CallOptions } from "../http/call-scope.ts";
import { byContract, type WorkflowBinding } from "./by-contract.ts";
import { inCall } from "./in-call.ts";
import { parseWritten } from "./read-response.ts";

/**
 * Parses the JSON text of a workflow's answer to an update, and checks it against the contract, if there is one.
 *
 * @param url of the server, for errors.
 * @throws as `readResponse` does.
 */
export async function readReply<
  C extends Contract,
  W extends WorkflowNames<C>,
  U extends UpdateTypes<C, W>,
>(
  binding: WorkflowBinding<C, W>,
  id: string,
  type: U,
  text: string,
  url: string,
): Promise<UpdateOutputOf<C, W, U>> {
  const value = parseWritten(`answered the update "${type}" with`, binding.workflow, id, text, url);
  return await byContract(binding, value, (checks, contract, workflow) =>
    checks.validateReply(contract, workflow, type, value, id),
  );
}

/** See `WorkflowHandle.state`. */
export async function readState<C extends Contract, W extends WorkflowNames<C>>(
  connection: WorkflowConnection,
  binding: WorkflowBinding<C, W>,
  id: string,
  options: CallOptions,
): Promise<StateOf<C, W> | undefined> {
  const text = await inCall(connection, [`Asking for what ${id} has published`, options], (scope) =>
    connection.state(id, scope),
  );
  if (text === null) return undefined;
  const value = parseWritten("published", binding.workflow, id, text, connection.url);
  return await byContract(binding, value, (checks, contract, workflow) =>
    checks.validateState(contract, workflow, value, id),
  );
}
