import { decodeHostCall, encodeHostAnswer, encodeHostCall } from "@flawless-ts/wasm-module";
import { parseJournal } from "../journal/journal-line.ts";
import type { StoredWorkflow } from "../journal/journal.ts";
import { toIsoTime } from "../host-calls/deadline.ts";
import type { HistoryStep, WorkflowHistory } from "./types.ts";
import { toPublicId } from "./workflow-id.ts";

const hidden = "[secret]";

/** A workflow's journal as plain data. Secrets that it read are replaced wherever they appear. */
export function toHistory(workflow: StoredWorkflow, journal: readonly string[]): WorkflowHistory {
  const secrets = new Set<string>();
  const steps: HistoryStep[] = [];
  for (const [index, record] of parseJournal(journal).entries()) {
    noteSecret(record.answer, secrets);
    // The answer to GetInput is not kept twice.
    const isInput = record.answer === "";
    const answer = isInput
      ? encodeHostAnswer({ kind: "String", value: workflow.input })
      : record.answer;
    steps.push({
      step: index + 1,
      at: toIsoTime(record.at),
      answeredAt: record.answeredAt === null ? null : toIsoTime(record.answeredAt),
      call: hideSecrets(record.call, secrets),
      answer: answer === null ? null : hideSecrets(answer, secrets),
    });
  }
  return {
    id: toPublicId(workflow.id),
    module: workflow.module,
    version: workflow.version,
    moduleHash: workflow.moduleHash,
    workflow: workflow.workflow,
    input: workflow.input,
    status: workflow.status,
    error: workflow.failure,
    steps,
  };
}

function noteSecret(answer: string | null, secrets: Set<string>): void {
  if (answer?.startsWith('{"Secret":"')) {
    const { Secret: secret } = JSON.parse(answer) as { readonly Secret: string };
    if (secret !== "") {
      secrets.add(secret);
    }
  }
}

function hideSecrets(json: string, secrets: ReadonlySet<string>): string {
  let text = json;
  for (const secret of secrets) {
    // As it stands inside a JSON text, and inside a JSON text within a JSON text (an input, a message).
    const once = JSON.stringify(secret).slice(1, -1);
    const twice = JSON.stringify(once).slice(1, -1);
    text = hideInBody(text, secret).replaceAll(once, hidden).replaceAll(twice, hidden);
  }
  return text;
}

/** A request's body is base64: a secret in it can't be seen in the text. */
function hideInBody(json: string, secret: string): string {
  if (!json.startsWith('{"HTTPRequest"')) {
    return json;
  }
  const call = decodeHostCall(json);
  if (call.kind !== "HTTPRequest") {
    return json;
  }
  const body = Buffer.from(call.request.body, "base64").toString("latin1");
  const sought = Buffer.from(secret).toString("latin1");
  if (!body.includes(sought)) {
    return json;
  }
  const cleaned = Buffer.from(body.replaceAll(sought, hidden), "latin1").toString("base64");
  return encodeHostCall({ ...call, request: { ...call.request, body: cleaned } });
}
