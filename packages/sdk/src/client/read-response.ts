import { parseJson } from "@flawless-ts/wasm-module/internal/client";
import type { Contract, ResponseOf, WorkflowNames } from "@flawless-ts/wasm-module";
import { UnexpectedAnswerError } from "../errors/answer-errors.ts";
import { byContract, type WorkflowBinding } from "./by-contract.ts";

/**
 * Reads a response's JSON text, and checks it by the contract where there is one.
 *
 * @param text `null`: the workflow gave none.
 * @param url of the server, for errors.
 * @throws {ContractError} when it violates the contract.
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

/** @throws {UnexpectedAnswerError} when what a workflow wrote is no JSON. */
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
