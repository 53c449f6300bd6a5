import { decodeHostAnswer, decodeHostCall, encodeHostAnswer } from "@flawless-ts/wasm-module";
import { extensionAnswer, isExtensionUrl } from "../../host-calls/extensions/extension-answer.ts";
import { httpResult } from "../../host-calls/extensions/open-operations.ts";
import { followsUntil } from "../../host-calls/outcomes.ts";
import { operationLine, resultLine } from "../../journal/journal-line.ts";
import { sizeOf } from "../../journal/journal-size.ts";
import { openCall } from "../../journal/open-call.ts";
import { recordedOperations } from "../../journal/recorded-operations.ts";
import type { StoredWorkflow } from "../../store/workflow-store.ts";
import { workflowKey } from "./call-context.ts";

/**
 * The line with which a journal takes the outcome of a request that follows from another engine, without running the
 * workflow.
 *
 * @param key identifies the request's step
 * @param outcome JSON text of the guest ABI
 * @param at in milliseconds since the Unix epoch
 * @returns undefined if the journal doesn't wait for it
 */
export function outcomeLine(
  workflow: StoredWorkflow,
  journal: readonly string[],
  { at, key, outcome }: { readonly at: number; readonly key: string; readonly outcome: string },
): string | undefined {
  const isStep = (step: number): boolean =>
    workflowKey({ id: workflow.id, workflow }, step) === key;
  const open = openCall(journal);
  const steps = journal.reduce((sum, text) => sum + sizeOf(text).steps, 0);
  if (open !== undefined && followsUntil(open.detail) !== undefined && isStep(steps)) {
    const call = decodeHostCall(open.call);
    const isRun = call.kind === "HTTPRequest" && isExtensionUrl(call.request.url);
    const answer = (): string =>
      isRun ? encodeHostAnswer(extensionAnswer(call.request.url, resultOf(outcome))) : outcome;
    return resultLine(at, answer());
  }
  const operation = recordedOperations(journal).open.find(
    ({ end, progress, step }) =>
      end === null && followsUntil(progress) !== undefined && isStep(step),
  );
  return operation && operationLine(at, operation.number, resultOf(outcome));
}

function resultOf(outcome: string): string {
  return httpResult(decodeHostAnswer(outcome));
}
