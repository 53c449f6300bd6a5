import type { ThrownError } from "@flawless-ts/sdk";
import type { WorkflowFailure } from "../workflow/workflow-failure.ts";
import { headOf } from "../workflow/thrown-error.ts";

/** Why a workflow failed, for people: the error with its stack, followed by its causes. */
export function failureText({ message, thrown }: WorkflowFailure): string {
  return thrown === undefined ? message : linesOf(thrown).join("\n");
}

function linesOf(thrown: ThrownError, title = ""): readonly string[] {
  const { stack, cause, errors } = thrown;
  const head = headOf(thrown);
  const frames = stack === null ? [] : stack.split("\n");
  // JavaScript engines begin a stack with the error's name and message.
  const below = stack?.startsWith(head) === true ? frames.slice(head.split("\n").length) : frames;
  return [
    title + head,
    ...below.filter((line) => line.trim() !== ""),
    ...(cause === null ? [] : linesOf(cause, "Caused by: ")),
    ...errors.flatMap((error, index) => linesOf(error, `Error ${index + 1}: `)),
  ];
}
