import { writeJson } from "@flawless-ts/wasm-module";
import type { ChildRequest, WaitingCall, WaitingCallContext } from "../waiting-call.ts";
import { extensionAnswer, ExtensionError, refusal } from "./extension-answer.ts";
import { labelsOf } from "./set-labels.ts";
import { membersOf, show, text } from "./request-members.ts";

/** The same form as in the REST API. */
const keyForm = /^[\x21-\x7e]{1,255}$/;

/**
 * Starts a child. As with `StartWorkflow`, it and the record of its start become durable in one transaction, unless its key
 * belongs to another partition of the cluster: then the call is in the journal before the child exists.
 */
export function startChild(body: unknown, context: WaitingCallContext, url: string): WaitingCall {
  const child = readChild(body, context);
  let leaveStart: (() => void) | undefined;
  const start = (refused?: string): void => {
    if (refused !== undefined) {
      const name = JSON.stringify(child.workflow);
      context.fail(`the workflow started ${name}, but ${refused}`, "CHILD_LIMIT");
      return;
    }
    leaveStart = context.startChild(child, (started) => {
      context.answer(
        started instanceof ExtensionError
          ? refusal(url, started)
          : extensionAnswer(url, JSON.stringify({ id: started })),
      );
    });
  };
  // The child may already exist if the call is in the journal.
  let leaveAdmission: (() => void) | undefined;
  if (context.detail === null) {
    leaveAdmission = context.admitChild(start);
  } else {
    start();
  }
  return {
    canLeaveMemory: false,
    cancel: () => {
      leaveAdmission?.();
      leaveStart?.();
    },
  };
}

/** @throws ExtensionError */
function readChild(body: unknown, context: WaitingCallContext): ChildRequest {
  const { limits } = context;
  const members = membersOf(body, "The body");
  const { idempotencyKey, module, onParentEnd = "abandon", version } = members;
  const input = writeJson(members["input"] ?? null);
  if (input.length > limits.textCharacters) {
    throw new ExtensionError(
      413,
      "LIMIT_REACHED",
      `The input has ${input.length} characters of JSON; the limit textCharacters allows ${limits.textCharacters}.`,
    );
  }
  if (onParentEnd !== "abandon" && onParentEnd !== "cancel") {
    throw ExtensionError.invalid(
      `onParentEnd: expected "abandon" or "cancel", but got ${show(onParentEnd)}.`,
    );
  }
  const key = idempotencyKey === undefined ? null : text("idempotencyKey", idempotencyKey);
  if (key !== null && !keyForm.test(key)) {
    throw ExtensionError.invalid(
      `idempotencyKey: expected 1 to 255 visible ASCII characters without spaces, but got ${show(key)}.`,
    );
  }
  return {
    module: module === undefined ? undefined : text("module", module),
    version: version === undefined ? undefined : text("version", version),
    workflow: text("workflow", members["workflow"]),
    input,
    idempotencyKey: key,
    bound: onParentEnd === "cancel",
    labels: labelsOf("labels", members["labels"] ?? {}, context),
  };
}
