import { parseJson } from "@flawless-ts/wasm-module/internal/client";
import type { Contract, ResponseOf, WorkflowNames } from "@flawless-ts/wasm-module";
import { UnexpectedAnswerError } from "../errors/answer-errors.ts";
import { byContract, type WorkflowBinding } from "./by-contract.ts";

/**
 * Parses a response's JSON text, and checks it against the contract, if there is one.
 *
 * @param text `null` if there was none.
 * @param url of the server, for errors.
 * @throws {ContractError} if it violates the contract.
 * @throws {UnexpectedAnswerError} if it is not JSON.
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

/** @throws {UnexpectedAnswerError} if a workflow's text is not JSON. */
export function parseWritten(
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
