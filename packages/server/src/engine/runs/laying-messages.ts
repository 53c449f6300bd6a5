import { EngineError } from "../../errors.ts";
import { messageTypeCharacters } from "../../executor/call-limits.ts";
import { reservedTypes } from "../../host-calls/cancel-message.ts";
import type { StoredMessage } from "../../store/workflow-store.ts";
import type { EngineLimits } from "../limits.ts";
import { assertJson, assertText } from "../requests.ts";
import { excessOfMailbox } from "./mailbox-size.ts";
import type { WorkflowRun } from "./workflow-run.ts";

type Message = Pick<StoredMessage, "type" | "data">;

/** @throws EngineError `INVALID_REQUEST` if only the server may send such a message */
export function assertMessage(
  { type, data }: Message,
  { textCharacters }: Pick<EngineLimits, "textCharacters">,
): void {
  assertText("type", type, Math.min(textCharacters, messageTypeCharacters));
  if (type.startsWith(reservedTypes)) {
    throw new EngineError(
      "INVALID_REQUEST",
      `Expected a type that does not begin with "${reservedTypes}", but got ${JSON.stringify(type.slice(0, 100))}. Only the server sends such messages.`,
    );
  }
  assertText("data", data, textCharacters);
  assertJson("data", data);
}

/** @throws EngineError `WORKFLOW_ENDED`; `LIMIT_REACHED` if the mailbox is full */
export function assertTakes(
  run: WorkflowRun,
  message: Message,
  limits: Pick<EngineLimits, "mailboxMessages" | "mailboxBytes">,
): void {
  assertRunning(run, "receive messages");
  const excess = excessOfMailbox(run.record, message, limits);
  if (excess !== undefined) {
    throw new EngineError(
      "LIMIT_REACHED",
      `The mailbox of workflow ${run.observed.id} is full: ${excess}.`,
    );
  }
}

/** @throws EngineError `WORKFLOW_ENDED` */
export function assertRunning(run: WorkflowRun, what: string): void {
  if (run.ended) {
    const { status } = run.record.state;
    throw new EngineError(
      "WORKFLOW_ENDED",
      `Workflow ${run.observed.id} is ${status}: it can't ${what} any more.`,
    );
  }
}
