import { decodeHostAnswer, decodeHostCall, writeJson } from "@flawless-ts/wasm-module";
import { cancelMessage } from "../../host-calls/cancel-message.ts";
import { extensionStep } from "../../journal/extension-steps.ts";
import type { JournalRecord } from "../../journal/journal-line.ts";

/** The state of a workflow after some steps of its journal, besides what its guest has in memory. */
export interface StateAfterSteps {
  /** JSON text; null if it has not responded. */
  readonly response: string | null;
  /** What it published: JSON text; null if nothing. */
  readonly published: string | null;
  /** The numbers of the updates that it took, and whether it answered them. */
  readonly updates: ReadonlyMap<number, boolean>;
  /** The first step that told it that it is asked to cancel. */
  readonly cancelledAt: number | null;
}

/** A message that a workflow took. */
export interface TakenMessage {
  readonly type: string;
  /** JSON text. */
  readonly data: string;
}

type Members = Readonly<Record<string, unknown>>;

export function stateAfter(records: readonly JournalRecord[]): StateAfterSteps {
  let response: string | null = null;
  let published: string | null = null;
  let cancelledAt: number | null = null;
  const updates = new Map<number, boolean>();
  for (const [index, record] of records.entries()) {
    if (record.call.startsWith('{"SendResponse"')) {
      const call = decodeHostCall(record.call);
      response ??= call.kind === "SendResponse" ? call.json : null;
    }
    if (tellsToCancel(record)) {
      cancelledAt ??= index + 1;
    }
    const step = extensionStep(record);
    if (step?.status === 200) {
      const body = membersOf(step.body);
      const message = membersOf(membersOf(step.answer)["message"]);
      if (step.name === "state") {
        published = writeJson(body["value"]);
      } else if (step.name === "reply") {
        updates.set(Number(body["message"]), true);
      } else if (step.name === "wait" && message["update"] === true) {
        updates.set(Number(message["number"]), false);
      }
    }
  }
  return { response, published, updates, cancelledAt };
}

/** The messages that some steps took, except updates and the server's own messages. */
export function messagesTaken(records: readonly JournalRecord[]): readonly TakenMessage[] {
  return records.flatMap((record) => {
    const message = messageOf(record);
    return message === undefined || message.type === cancelMessage ? [] : [message];
  });
}

function messageOf(record: JournalRecord): TakenMessage | undefined {
  if (record.answer?.startsWith('{"Message"') === true) {
    const answer = decodeHostAnswer(record.answer);
    return answer.kind === "Message" ? { type: answer.type, data: answer.json } : undefined;
  }
  const step = extensionStep(record);
  if (step?.name !== "wait" || step.status !== 200) {
    return undefined;
  }
  const { type, data, update } = membersOf(membersOf(step.answer)["message"]);
  return typeof type === "string" && update !== true ? { type, data: writeJson(data) } : undefined;
}

/** Whether a step tells its workflow that it is asked to cancel: by the message, or by refusing what it waits for. */
function tellsToCancel(record: JournalRecord): boolean {
  if (record.answer?.startsWith('{"Message"') === true) {
    const answer = decodeHostAnswer(record.answer);
    return answer.kind === "Message" && answer.type === cancelMessage;
  }
  const step = extensionStep(record);
  const { error, message } = membersOf(step?.answer);
  return (
    (step?.name === "run" && step.status === 409 && membersOf(error)["code"] === "CANCELLED") ||
    (step?.name === "wait" && membersOf(message)["type"] === cancelMessage)
  );
}

function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null ? (value as Members) : {};
}
