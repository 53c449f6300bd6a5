import type { StandardSchemaV1 } from "@standard-schema/spec";
import { implementationKey } from "./authoring/define-module.ts";
import { ContractError, contractIssues, type ContractErrorDetails } from "./contract-error.ts";
import type {
  Contract,
  InputOf,
  MessageOf,
  MessageTypes,
  ResponseOf,
  StateOf,
  UpdateContract,
  UpdateInputOf,
  UpdateOutputOf,
  UpdateTypes,
  WorkflowContract,
  WorkflowNames,
} from "./contract.ts";
import { validateJson } from "./validate-json.ts";

/**
 * Checks a workflow's input.
 *
 * @returns the schema's output (with defaults and conversions); `null` for a workflow without input.
 * @throws {ContractError} when the contract has no such workflow, the workflow takes no input but `value` is neither
 * `undefined` nor `null`, or the schema refuses it.
 */
export async function validateInput<C extends Contract, W extends WorkflowNames<C>>(
  contract: C,
  workflow: W,
  value: InputOf<C, W>,
): Promise<unknown> {
  const place: Place = { contract: nameOf(contract), workflow, direction: "input" };
  const { input } = workflowContract(contract, workflow, place);
  if (input !== undefined) return validate(input, value, place);
  if (value !== undefined && value !== null)
    throw refusal(place, `expected no input, but got ${kindOf(value)}`);
  return null;
}

/**
 * Checks a workflow's input, and returns what to send: the schema's output, or the unchanged value if the contract is
 * the module itself (`defineModule`). Such a workflow applies the schema when it starts, and a value converted twice
 * may no longer match it.
 *
 * @throws {ContractError} as {@link validateInput} does.
 */
export async function inputToSend<C extends Contract, W extends WorkflowNames<C>>(
  contract: C,
  workflow: W,
  value: InputOf<C, W>,
): Promise<unknown> {
  return choose(contract, value, await validateInput(contract, workflow, value));
}

/**
 * Checks a message to a workflow, and returns what to send, like {@link inputToSend}.
 *
 * @throws {ContractError} as {@link validateMessage} does.
 */
export async function messageToSend<
  C extends Contract,
  W extends WorkflowNames<C>,
  M extends MessageTypes<C, W>,
>(
  contract: C,
  workflow: W,
  messageType: M,
  value: MessageOf<C, W, M>,
  workflowId?: string,
): Promise<unknown> {
  const output = await validateMessage(contract, workflow, messageType, value, workflowId);
  return choose(contract, value, output);
}

/**
 * Checks a workflow's response.
 *
 * @param value the response's JSON text, parsed; `null` when there was none.
 * @param workflowId for the error, because the workflow keeps running, however bad its response is.
 * @returns the schema's output; `null` for a workflow without response.
 * @throws {ContractError} when the contract has no such workflow or its schema refuses the response.
 */
export async function validateResponse<C extends Contract, W extends WorkflowNames<C>>(
  contract: C,
  workflow: W,
  value: unknown,
  workflowId?: string,
): Promise<ResponseOf<C, W>> {
  const place: Place = { contract: nameOf(contract), workflow, direction: "response", workflowId };
  const { response } = workflowContract(contract, workflow, place);
  // The type follows the schema; this function can't see which branch `ResponseOf` took.
  return (response === undefined ? null : await validate(response, value, place)) as ResponseOf<
    C,
    W
  >;
}

/**
 * Checks a message to a workflow.
 *
 * @param workflowId for the error.
 * @returns the schema's output.
 * @throws {ContractError} when the contract has no such workflow, the workflow no such message, or the schema refuses it.
 */
export async function validateMessage<
  C extends Contract,
  W extends WorkflowNames<C>,
  M extends MessageTypes<C, W>,
>(
  contract: C,
  workflow: W,
  messageType: M,
  value: MessageOf<C, W, M>,
  workflowId?: string,
): Promise<unknown> {
  const place: Place = {
    contract: nameOf(contract),
    workflow,
    direction: "message",
    messageType,
    workflowId,
  };
  const messages = workflowContract(contract, workflow, place).messages ?? {};
  const schema = Object.hasOwn(messages, messageType) ? messages[messageType] : undefined;
  if (schema === undefined)
    throw refusal(place, `no such message type, expected ${oneOf(Object.keys(messages))}`);
  return validate(schema, value, place);
}

/**
 * Checks an update's input, and returns what to send, like {@link inputToSend}.
 *
 * @param workflowId for the error.
 * @throws {ContractError} when the contract has no such workflow, the workflow no such update, the update takes nothing but
 * `value` is neither `undefined` nor `null`, or its schema refuses it.
 */
export async function updateToSend<
  C extends Contract,
  W extends WorkflowNames<C>,
  U extends UpdateTypes<C, W>,
>(
  contract: C,
  workflow: W,
  updateType: U,
  value: UpdateInputOf<C, W, U>,
  workflowId?: string,
): Promise<unknown> {
  const place = updatePlace(contract, workflow, "update", updateType, workflowId);
  const { input } = updateContract(contract, place);
  if (input !== undefined) return choose(contract, value, await validate(input, value, place));
  if (value !== undefined && value !== null)
    throw refusal(place, `expected no data, but got ${kindOf(value)}`);
  return null;
}

/**
 * Checks a workflow's answer to an update.
 *
 * @param value the answer's JSON text, parsed.
 * @param workflowId for the error, because the update took place, however bad its answer is.
 * @returns the schema's output; `null` for an update without one.
 * @throws {ContractError} when the contract has no such update or its schema refuses the answer.
 */
export async function validateReply<
  C extends Contract,
  W extends WorkflowNames<C>,
  U extends UpdateTypes<C, W>,
>(
  contract: C,
  workflow: W,
  updateType: U,
  value: unknown,
  workflowId?: string,
): Promise<UpdateOutputOf<C, W, U>> {
  const place = updatePlace(contract, workflow, "reply", updateType, workflowId);
  const { output } = updateContract(contract, place);
  // As in validateResponse.
  return (output === undefined ? null : await validate(output, value, place)) as UpdateOutputOf<
    C,
    W,
    U
  >;
}

/**
 * Checks a workflow's published state.
 *
 * @param value the state's JSON text, parsed.
 * @returns the schema's output; the unchanged value if there is no schema.
 * @throws {ContractError} when the contract has no such workflow or its schema refuses the state.
 */
export async function validateState<C extends Contract, W extends WorkflowNames<C>>(
  contract: C,
  workflow: W,
  value: unknown,
  workflowId?: string,
): Promise<StateOf<C, W>> {
  const place: Place = { contract: nameOf(contract), workflow, direction: "state", workflowId };
  const { state } = workflowContract(contract, workflow, place);
  return (state === undefined ? value : await validate(state, value, place)) as StateOf<C, W>;
}

/** JSON can't express that a value is missing, so its default is sent. */
function choose(contract: Contract, value: unknown, output: unknown): unknown {
  return implementationKey in contract && value !== undefined ? value : output;
}

type Place = Omit<ContractErrorDetails, "issues" | "cause">;

function workflowContract(contract: Contract, workflow: string, place: Place): WorkflowContract {
  const found = Object.hasOwn(contract.workflows, workflow)
    ? contract.workflows[workflow]
    : undefined;
  if (found === undefined)
    throw refusal(place, `no such workflow, expected ${oneOf(Object.keys(contract.workflows))}`);
  return found;
}

function updatePlace(
  contract: Contract,
  workflow: string,
  direction: "update" | "reply",
  messageType: string,
  workflowId: string | undefined,
): Place & { readonly workflow: string; readonly messageType: string } {
  return { contract: nameOf(contract), workflow, direction, messageType, workflowId };
}

function updateContract(contract: Contract, place: ReturnType<typeof updatePlace>): UpdateContract {
  const updates = workflowContract(contract, place.workflow, place).updates ?? {};
  const found = Object.hasOwn(updates, place.messageType) ? updates[place.messageType] : undefined;
  if (found !== undefined) return found;
  throw refusal(place, `no such update, expected ${oneOf(Object.keys(updates))}`);
}

async function validate(schema: StandardSchemaV1, value: unknown, place: Place): Promise<unknown> {
  let result: StandardSchemaV1.Result<unknown>;
  try {
    result = await (isWrittenByWorkflow(place.direction)
      ? validateJson(schema, value)
      : schema["~standard"].validate(value));
  } catch (cause) {
    throw refusal(
      place,
      `the schema threw: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    );
  }
  if (result.issues === undefined) return result.value;
  throw new ContractError({ ...place, issues: contractIssues(result.issues) });
}

/** A workflow's output arrives as JSON, which has no `undefined`. */
function isWrittenByWorkflow(direction: Place["direction"]): boolean {
  return direction === "response" || direction === "reply" || direction === "state";
}

function refusal(place: Place, message: string, cause?: unknown): ContractError {
  return new ContractError({ ...place, issues: [{ path: "$", message }], cause });
}

function nameOf(contract: Contract): string {
  return `${contract.name} ${contract.version}`;
}

function oneOf(names: readonly string[]): string {
  return names.length === 0 ? "none at all" : names.map((name) => `"${name}"`).join(" or ");
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}
