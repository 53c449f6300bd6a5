import { parseJson } from "@flawless-ts/wasm-module/internal/client";
import type {
  Contract,
  ResponseOf,
  StateOf,
  UpdateOutputOf,
  UpdateTypes,
  WorkflowNames,
} from "@flawless-ts/wasm-module";
import { UnexpectedAnswerError } from "../errors/index.ts";
import { byContract, type WorkflowBinding } from "./by-contract.ts";

/**
 * Reads the JSON text of a workflow's answer to an update, and checks it by the contract where there is one.
 *
 * @param url of the server, for errors.
 * @throws as {@link readResponse} does.
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

/**
 * Reads the JSON text of what a workflow has published, and checks it by the contract where there is one.
 *
 * @param text `null`: nothing.
 * @param url of the server, for errors.
 * @throws as {@link readResponse} does.
 */
export async function readState<C extends Contract, W extends WorkflowNames<C>>(
  binding: WorkflowBinding<C, W>,
  id: string,
  text: string | null,
  url: string,
): Promise<StateOf<C, W> | undefined> {
  if (text === null) return undefined;
  const value = parseWritten("published", binding.workflow, id, text, url);
  return await byContract(binding, value, (checks, contract, workflow) =>
    checks.validateState(contract, workflow, value, id),
  );
}

/**
 * Reads a response's JSON text, and checks it by the contract where there is one.
 *
 * @param text `null`: the workflow gave none.
 * @param url of the server, for errors.
 * @throws {ContractError} when it does not keep to the contract.
 * @throws {UnexpectedAnswerError} when it is no JSON.
 */
export async function readResponse<C extends Contract, W extends WorkflowNames<C>>(
  binding: WorkflowBinding<C, W>,
  id: string,
  text: string | null,
  url: string,
): Promise<ResponseOf<C, W>> {
  const value =
    text === null ? null : parseWritten("responded with", binding.workflow, id, text, url);
  return await byContract(binding, value, (checks, contract, workflow) =>
    checks.validateResponse(contract, workflow, value, id),
  );
}

function parseWritten(
  did: string,
  workflow: string | null,
  id: string,
  text: string,
  url: string,
): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    const bodyStart = text.slice(0, 200);
    const name = workflow === null ? id : `"${workflow}" (${id})`;
    throw new UnexpectedAnswerError(
      `Expected JSON, but the workflow ${name} ${did} ${JSON.stringify(bodyStart)}.`,
      { url, status: 200, bodyStart },
      { cause },
    );
  }
}
