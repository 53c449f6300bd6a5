import {
  parseJson,
  type Contract,
  type ResponseOf,
  type StateOf,
  type UpdateOutputOf,
  type UpdateTypes,
  type WorkflowNames,
} from "@flawless-ts/wasm-module";
import { validateReply, validateResponse, validateState } from "@flawless-ts/wasm-module/internal";
import { UnexpectedAnswerError } from "../errors/index.ts";

/** What a workflow is known to take and give; `contract` is `null` without one. */
export interface WorkflowBinding<C extends Contract, W extends WorkflowNames<C>> {
  readonly contract: C | null;
  readonly workflow: W | null;
}

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
  { contract, workflow }: WorkflowBinding<C, W>,
  id: string,
  type: U,
  text: string,
  url: string,
): Promise<UpdateOutputOf<C, W, U>> {
  const value = parseWritten(`answered the update "${type}" with`, workflow, id, text, url);
  // Without a contract every answer is `unknown`.
  if (contract === null || workflow === null) return value as UpdateOutputOf<C, W, U>;
  return await validateReply(contract, workflow, type, value, id);
}

/**
 * Reads the JSON text of what a workflow has published, and checks it by the contract where there is one.
 *
 * @param text `null`: nothing.
 * @param url of the server, for errors.
 * @throws as {@link readResponse} does.
 */
export async function readState<C extends Contract, W extends WorkflowNames<C>>(
  { contract, workflow }: WorkflowBinding<C, W>,
  id: string,
  text: string | null,
  url: string,
): Promise<StateOf<C, W> | undefined> {
  if (text === null) return undefined;
  const value = parseWritten("published", workflow, id, text, url);
  // Without a contract every state is `unknown`.
  if (contract === null || workflow === null) return value as StateOf<C, W>;
  return await validateState(contract, workflow, value, id);
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
  { contract, workflow }: WorkflowBinding<C, W>,
  id: string,
  text: string | null,
  url: string,
): Promise<ResponseOf<C, W>> {
  const value = text === null ? null : parseWritten("responded with", workflow, id, text, url);
  // Without a contract every response is `unknown`.
  if (contract === null || workflow === null) return value as ResponseOf<C, W>;
  return await validateResponse(contract, workflow, value, id);
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
