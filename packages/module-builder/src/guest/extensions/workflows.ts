import {
  ChildWorkflowError,
  type StartOptions,
  type WaitOptions,
  type WorkflowDetails,
  type WorkflowReference,
} from "@flawless-ts/wasm-module";
import { text } from "../arguments.ts";
import { startWorkflow } from "../host.ts";
import { remoteOperation } from "../remote-operation.ts";
import type { RunningWorkflow } from "../running-workflow.ts";
import { shared } from "../shared.ts";
import { ask, askFor, withJson } from "./ask.ts";
import { named } from "./named.ts";
import { errorOf, type Told } from "./thrown.ts";

type Result =
  | { readonly status: "completed"; readonly response: unknown }
  | { readonly status: "failed"; readonly error: Told | null }
  | { readonly status: "cancelled" };

const startOptionNames = ["onParentEnd", "idempotencyKey", "labels", "module", "version"];
let own: WorkflowDetails | undefined;

/** Information about this workflow. */
export function details(): WorkflowDetails {
  own ??= askFor("info", "{}", "telling a workflow who it is (context.id)") as WorkflowDetails;
  return own;
}

/** Starts a workflow of this module or another. */
export function startChild(
  running: RunningWorkflow,
  workflow: unknown,
  input: unknown,
  options: StartOptions = {},
): WorkflowReference {
  const { module } = running;
  const { name, contract } = named(workflow, running.workflows);
  const refused = shared.refusal();
  if (refused !== undefined) throw refused;
  const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  const unknown = given.find(([option]) => !startOptionNames.includes(option));
  if (unknown !== undefined) {
    throw new TypeError(
      `expected the options ${startOptionNames.join(", ")} to start a workflow, but got ${unknown[0]}`,
    );
  }
  const json = shared.toJson(input, `The input of the workflow "${name}"`);
  shared.fixDeadlines();
  const response = options?.module === undefined ? contract?.response : undefined;
  const read = (value: unknown): unknown =>
    shared.checked({ module, name }, response, value, "response");
  if (given.length === 0) {
    const number = startWorkflow(name, json);
    return reference(() => idOf(number), read);
  }
  const asked = { workflow: name, onParentEnd: "abandon", ...Object.fromEntries(given) };
  const body = withJson(asked, "input", json);
  const { id } = askFor("start", body, "options of context.start()") as { readonly id: string };
  return reference(() => id, read);
}

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The id by which clients know the workflow with this number. Hosts without extensions may use other ids. */
function idOf(number: bigint): string {
  if (shared.host.hasExtensions === undefined) ask("info", "{}");
  if (shared.host.hasExtensions === false) return String(number);
  let id = "";
  const base = BigInt(digits.length);
  for (let rest = number; rest > 0n; rest /= base) id = digits.charAt(Number(rest % base)) + id;
  return `wkf_${id === "" ? "0" : id}`;
}

/** A workflow by its id. */
export function workflowReference(id: string): WorkflowReference {
  const known = text(id, "a workflow's id");
  return reference(
    () => known,
    (value) => value,
  );
}

/** @param read reads its response. */
function reference(idOfIt: () => string, read: (value: unknown) => unknown): WorkflowReference {
  let known: string | undefined;
  const id = (): string => (known ??= idOfIt());
  const tell = async (extension: string, more: string, feature: string): Promise<void> => {
    askFor(extension, more, feature);
  };
  return {
    get id() {
      return id();
    },
    result: (options?: WaitOptions) =>
      shared.operation<unknown>((settle) => {
        const ended = (result: unknown): void => {
          const told = result as Result;
          if (told.status === "completed") {
            settle.resolve(read(told.response));
          } else {
            const cause = "error" in told && told.error ? errorOf(told.error) : undefined;
            settle.reject(new ChildWorkflowError(id(), told.status, cause));
          }
        };
        return remoteOperation({
          describe: () => JSON.stringify({ kind: "result", id: id() }),
          ended,
          failed: settle.reject,
          feature: "waiting for another workflow's result",
        });
      }, options?.signal),
    send: async (type, data?: unknown) => {
      const body = { id: id(), type: text(type, "a message's type") };
      const json = shared.toJson(data, `The message "${type}"`);
      return tell("send", withJson(body, "data", json), "messages from workflow to workflow");
    },
    cancel: () => tell("cancel", JSON.stringify({ id: id() }), "cancelling workflows"),
    terminate: () => tell("terminate", JSON.stringify({ id: id() }), "ending workflows"),
    toJSON: () => ({ id: id() }),
  };
}
