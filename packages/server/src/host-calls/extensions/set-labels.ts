import { answered, type WaitingCall, type WaitingCallContext } from "../waiting-call.ts";
import {
  changeLabels,
  type Labels,
  maxLabels,
  ownLabels,
  problemOfLabel,
  problemOfLabels,
  tooMany,
} from "../../workflow/labels.ts";
import { extensionAnswer, ExtensionError } from "./extension-answer.ts";
import { listOf, membersOf } from "./request-members.ts";

/** Changes the workflow's labels, and answers with the new ones. */
export function setLabels(body: unknown, context: WaitingCallContext, url: string): WaitingCall {
  const members = membersOf(body, "The body");
  const removed = listOf("remove", members["remove"], maxLabels, isText);
  const problem = removed
    .map((key) => problemOfLabel(key, ""))
    .find((problem) => problem !== undefined);
  if (problem !== undefined) {
    throw ExtensionError.invalid(problem);
  }
  const changes = {
    ...Object.fromEntries(removed.map((key) => [key, null])),
    ...labelsOf("set", members["set"] ?? {}, context),
  };
  const labels = changeLabels(context.labels, changes);
  const count = ownLabels(labels);
  if (count > maxLabels) {
    throw new ExtensionError(413, "LIMIT_REACHED", tooMany(count));
  }
  // In one transaction with the step.
  context.changeLabels(changes);
  context.answer(extensionAnswer(url, JSON.stringify({ labels })));
  return answered;
}

/** Labels that a guest sends. @throws ExtensionError if they are invalid */
export function labelsOf(
  member: string,
  value: unknown,
  context: Pick<WaitingCallContext, "holdsSecret">,
): Labels {
  const labels = membersOf(value, member) as Labels;
  const problem = problemOfLabels(labels);
  if (problem !== undefined) {
    throw ExtensionError.invalid(`${member}: ${problem}`);
  }
  const secret = Object.keys(labels).find(
    (key) => context.holdsSecret(key) || context.holdsSecret(labels[key] ?? ""),
  );
  if (secret !== undefined) {
    // Everything else of the workflow is encrypted then; labels are visible to everybody who lists workflows.
    throw ExtensionError.invalid(`${member}: A label may not have a secret in it.`);
  }
  return labels;
}

function isText(item: unknown): item is string {
  return typeof item === "string";
}
