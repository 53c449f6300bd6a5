import type { WorkflowWaiting } from "@flawless-ts/sdk";
import { cancelMessage } from "../cancel-message.ts";
import { toIsoTime } from "../deadline.ts";
import { waitsForMessage } from "../recv-message.ts";
import { answered, type WaitingCall, type WaitingCallContext } from "../waiting-call.ts";
import { extensionAnswer, ExtensionError } from "./extension-answer.ts";
import { listOf, membersOf, whole } from "./request-members.ts";

/** The max number of operations that one call may wait for. */
const maxOperations = 10_000;
/** The max number of message types. */
const maxTypes = 1_000;
const noDeadline = "none";
/** The last moment that a JavaScript Date can represent. */
const lastMoment = 8.64e15;

/** Waits for whichever comes first: the end of an operation, a message or a time. */
export function waitForAny(body: unknown, context: WaitingCallContext, url: string): WaitingCall {
  const { operations, clock } = context;
  const asked = membersOf(body, "The body");
  const numbers = listOf("operations", asked["operations"], maxOperations, isNumber);
  const types = listOf("types", asked["types"], maxTypes, isText);
  const timeout = asked["timeoutMs"];
  const timeoutMs = timeout === undefined ? null : whole("timeoutMs", timeout, 0);
  if (numbers.length === 0 && types.length === 0 && timeoutMs === null) {
    throw ExtensionError.invalid(
      "Expected operations, types or timeoutMs, but there is nothing to wait for.",
    );
  }
  const unknown = numbers.find((number) => !operations.has(number));
  if (unknown !== undefined) {
    throw new ExtensionError(404, "UNKNOWN_OPERATION", `Operation ${unknown} is not open.`);
  }
  const deadline = deadlineOf(context, timeoutMs);
  const look = (): boolean => {
    const now = clock.now();
    if (deliverFirst(context, numbers, now)) {
      return true;
    }
    const message = context.takeMessage(types);
    if (message !== undefined) {
      const { type, data, sequence, update } = message;
      const number = update ?? sequence;
      const json = `{"message":{"type":${JSON.stringify(type)},"data":${data},"update":${update !== undefined},"number":${number}}}`;
      context.answer(extensionAnswer(url, json));
      return true;
    }
    if (deadline !== null && deadline <= now) {
      context.answer(extensionAnswer(url, '{"timeout":true}'));
      return true;
    }
    return false;
  };
  if (look()) {
    return answered;
  }
  if (context.detail === null) {
    context.record(deadline === null ? noDeadline : String(deadline));
  }
  const time = earlier(operations.nextTime(numbers), deadline);
  context.waitsFor(describe(context, numbers, types, time), time);
  return { canLeaveMemory: true, timeCame: look, messageCame: look, operationEnded: look };
}

function deliverFirst(
  context: WaitingCallContext,
  numbers: readonly number[],
  now: number,
): boolean {
  const first = context.operations.firstEnded(numbers, now);
  if (first === undefined) {
    return false;
  }
  const { number, end } = first;
  context.operations.delivered(number);
  context.deliver(number, end.result, end.isRecorded);
  return true;
}

function describe(
  { operations }: WaitingCallContext,
  numbers: readonly number[],
  types: readonly string[],
  time: number | null,
): WorkflowWaiting {
  const until = time === null ? null : toIsoTime(time);
  const others = types.filter((type) => type !== cancelMessage);
  const [only = -1] = numbers.length === 1 && others.length === 0 ? numbers : [];
  const operation = operations.operation(only);
  if (operation?.kind === "http") {
    return { on: "http", method: operation.request.method, url: operation.request.url };
  }
  if (operation?.kind === "activity") {
    const { queue, name } = operation.activity;
    return { on: "activity", queue, name, attempt: operations.attempt(only) };
  }
  if (operation?.kind === "sleep" && until !== null) {
    return { on: "sleep", until };
  }
  return numbers.length === 0
    ? waitsForMessage(types, until)
    : { on: "operations", count: numbers.length, types: others, until };
}

function deadlineOf(
  { detail, clock }: WaitingCallContext,
  timeoutMs: number | null,
): number | null {
  if (detail !== null) {
    return detail === noDeadline ? null : Number(detail);
  }
  return timeoutMs === null ? null : Math.min(lastMoment, Math.ceil(clock.now()) + timeoutMs);
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function isNumber(item: unknown): item is number {
  return Number.isSafeInteger(item);
}

function isText(item: unknown): item is string {
  return typeof item === "string";
}
