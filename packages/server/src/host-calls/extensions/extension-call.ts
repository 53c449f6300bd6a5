import { millisecondsToDuration, parseJson, type HostCallOf } from "@flawless-ts/wasm-module";
import { sendRequest } from "../http-request.ts";
import { sleep } from "../sleep.ts";
import { endedByCancelling } from "../ended-by-cancelling.ts";
import { answered, type WaitingCall, type WaitingCallContext } from "../waiting-call.ts";
import { continueAsNew } from "./continue-as-new.ts";
import { extensionAnswer, ExtensionError, extensionName, refusal } from "./extension-answer.ts";
import { fail } from "./fail.ts";
import { httpResult } from "./open-operations.ts";
import { type Operation, readOperation } from "./operation.ts";
import { publishState } from "./publish-state.ts";
import { flag, membersOf, whole } from "./request-members.ts";
import { reply } from "./reply.ts";
import { runActivity } from "./run-activity.ts";
import { runResult } from "./run-result.ts";
import { setLabels } from "./set-labels.ts";
import { startChild } from "./start-child.ts";
import { cancel, send, terminate } from "./tell-workflow.ts";
import { waitForAny } from "./wait.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

type Extension = (body: unknown, context: WaitingCallContext, url: string) => WaitingCall;

const extensions: ReadonlyMap<string, Extension> = new Map<string, Extension>([
  ["abort", abort],
  ["begin", begin],
  ["cancel", cancel],
  ["continue", continueAsNew],
  ["fail", fail],
  ["info", info],
  ["labels", setLabels],
  ["reply", reply],
  ["run", run],
  ["send", send],
  ["start", startChild],
  ["state", publishState],
  ["terminate", terminate],
  ["wait", waitForAny],
]);

/** A request to the host itself: see docs/host-extensions.md. */
export function extensionCall(
  call: HostCallOf<"HTTPRequest">,
  context: WaitingCallContext,
): WaitingCall {
  const { body, method, url } = call.request;
  try {
    const extension = extensions.get(extensionName(url) ?? "");
    if (extension === undefined) {
      throw new ExtensionError(
        404,
        "UNKNOWN_EXTENSION",
        `This server has no extension ${JSON.stringify(url.slice(0, 100))}.`,
      );
    }
    if (method.toUpperCase() !== "POST") {
      throw new ExtensionError(405, "METHOD_NOT_ALLOWED", "Host extensions are asked by POST.");
    }
    return extension(readBody(body), context, url);
  } catch (error) {
    if (!(error instanceof ExtensionError)) {
      throw error;
    }
    context.answer(refusal(url, error));
    return answered;
  }
}

/** The operation of a `begin` that is in the journal. */
export function begunOperation(call: HostCallOf<"HTTPRequest">): Operation {
  return readOperation(readBody(call.request.body));
}

function info(_body: unknown, context: WaitingCallContext, url: string): WaitingCall {
  context.answer(extensionAnswer(url, JSON.stringify(context.describeWorkflow())));
  return answered;
}

function begin(body: unknown, context: WaitingCallContext, url: string): WaitingCall {
  const number = whole("operation", membersOf(body, "The body")["operation"], 1);
  const operation = operationOf(body, context);
  context.operations.admit(number);
  context.answer(extensionAnswer(url, "{}"), { kind: "begun", operation: number });
  context.operations.begin(number, operation, context.key());
  return answered;
}

function abort(body: unknown, context: WaitingCallContext, url: string): WaitingCall {
  const number = whole("operation", membersOf(body, "The body")["operation"], 1);
  context.operations.abort(number);
  context.answer(extensionAnswer(url, "{}"), { kind: "aborted", operation: number });
  return answered;
}

/** @throws ExtensionError also if the workflow would wait for itself */
function operationOf(body: unknown, { workflowId }: WaitingCallContext): Operation {
  const operation = readOperation(body);
  if (operation.kind === "result" && operation.id === workflowId) {
    throw ExtensionError.invalid("id: a workflow can't wait for its own result.");
  }
  return operation;
}

/** Runs a single operation: the call itself waits for it. */
function run(body: unknown, context: WaitingCallContext, url: string): WaitingCall {
  const operation = operationOf(body, context);
  const begin = (): WaitingCall => runOperation(operation, context, url);
  const { uncancellable = false } = membersOf(body, "The body");
  return flag("uncancellable", uncancellable)
    ? begin()
    : endedByCancelling(context, begin, () => context.answer(refusal(url, cancelled())));
}

function cancelled(): ExtensionError {
  return new ExtensionError(409, "CANCELLED", "The workflow was asked to cancel.");
}

function runOperation(operation: Operation, context: WaitingCallContext, url: string): WaitingCall {
  switch (operation.kind) {
    case "activity":
      return runActivity(url, operation.activity, context);
    case "http":
      return sendRequest(operation.request, context, (answer) =>
        context.answer(extensionAnswer(url, httpResult(answer))),
      );
    case "result":
      return runResult(url, operation.id, context);
    case "sleep":
      return sleep({ duration: millisecondsToDuration(operation.ms) }, context, () =>
        context.answer(extensionAnswer(url, "{}")),
      );
  }
}

function readBody(base64: string): unknown {
  try {
    return parseJson(decoder.decode(Buffer.from(base64, "base64")));
  } catch {
    throw ExtensionError.invalid("The body is not JSON in UTF-8.");
  }
}
