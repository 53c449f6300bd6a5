import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
  type ContractDirection,
  ContractError,
  type ReceiveOptions,
  type WorkflowContext,
  type WorkflowContract,
} from "@flawless-ts/wasm-module";
import {
  contractIssues,
  parseDuration,
  validateJson,
} from "@flawless-ts/wasm-module/internal/guest";
import { getSecret, randomNumber, sendResponse, startWorkflow } from "./host.ts";
import { fromJson, toJson } from "./json.ts";
import { messageTypes, text } from "./arguments.ts";
import { part } from "./part-loader.ts";
import { randomUuid } from "./random.ts";
import { fixDeadlines, waitForMessage, waitForTime } from "./waits.ts";

/** Which workflow of which module runs. */
export interface RunningWorkflow {
  readonly module: string;
  readonly name: string;
  readonly contract: WorkflowContract;
  /** Whether the response was sent. */
  responded: boolean;
}

const responseSubject = "The response";

/** What a workflow's function gets as its second parameter. */
export function createContext(running: RunningWorkflow): WorkflowContext {
  const receive = async (
    asked: string | readonly string[],
    options: ReceiveOptions = {},
  ): Promise<unknown> => {
    const types = messageTypes(asked);
    const { timeout } = options ?? {};
    const milliseconds = timeout === undefined ? undefined : parseDuration(timeout);
    const message = await new Promise<{ readonly type: string; readonly json: string } | undefined>(
      (resolve) => {
        waitForMessage(
          types,
          milliseconds,
          (type, json) => resolve({ type, json }),
          () => resolve(undefined),
        );
      },
    );
    if (message === undefined) return undefined;
    const data = await checkedMessage(running, message.type, fromJson(message.json));
    return typeof asked === "string" ? data : { type: message.type, data };
  };
  return {
    id: undefined,
    sleep: async (duration) => {
      const milliseconds = parseDuration(duration);
      await new Promise<void>((resolve) => {
        waitForTime(milliseconds, resolve);
      });
    },
    fetch: (url, options) => part("web").fetch(url, options),
    receive: receive as WorkflowContext["receive"],
    random: randomNumber,
    uuid: randomUuid,
    now: () => new Date(),
    secret: (name) => getSecret(text(name, "a secret's name")),
    start: async (workflow, input) => {
      const name = text(workflow, "a workflow's name");
      const json = toJson(input, `The input of the workflow "${name}"`);
      fixDeadlines();
      return { id: String(startWorkflow(name, json)) };
    },
    respond: (value) => {
      if (running.responded) throw new Error("the workflow has responded already");
      const json = toJson(value, responseSubject);
      checkAtOnce(running, json);
      return send(running, json);
    },
  };
}

/** What the workflow's function returned, checked, as JSON; undefined where the workflow has responded before. */
export async function responseOf(
  running: RunningWorkflow,
  value: unknown,
): Promise<string | undefined> {
  if (running.responded) return undefined;
  const json = toJson(value, responseSubject);
  const { response } = running.contract;
  if (response !== undefined) await checked(running, response, fromJson(json), "response");
  return json;
}

/** Sends it, unless the workflow has responded meanwhile. */
export function sendReturned(running: RunningWorkflow, json: string): void {
  if (!running.responded) send(running, json);
}

function send(running: RunningWorkflow, json: string): boolean {
  running.responded = true;
  return sendResponse(json);
}

/** Checks a response as the caller will get it. */
function checkAtOnce(running: RunningWorkflow, json: string): void {
  const { response: schema } = running.contract;
  if (schema === undefined) return;
  const result = validateJson(schema, fromJson(json));
  if (result instanceof Promise) {
    throw new TypeError(
      "the response's schema takes its time to check, which context.respond() can't wait for: return the response " +
        "from the workflow instead",
    );
  }
  refuse(running, result.issues, "response");
}

/** @throws {ContractError} where a value does not keep to its schema. */
export async function checked(
  running: RunningWorkflow,
  schema: StandardSchemaV1 | undefined,
  value: unknown,
  direction: ContractDirection,
  messageType?: string,
): Promise<unknown> {
  if (schema === undefined) return value;
  const result = await validateJson(schema, value);
  refuse(running, result.issues, direction, messageType);
  return "value" in result ? result.value : undefined;
}

function refuse(
  running: RunningWorkflow,
  issues: readonly StandardSchemaV1.Issue[] | undefined,
  direction: ContractDirection,
  messageType?: string,
): void {
  if (issues === undefined) return;
  throw new ContractError({
    contract: running.module,
    workflow: running.name,
    direction,
    messageType,
    issues: contractIssues(issues),
  });
}

async function checkedMessage(
  running: RunningWorkflow,
  type: string,
  value: unknown,
): Promise<unknown> {
  return checked(running, running.contract.messages?.[type], value, "message", type);
}
