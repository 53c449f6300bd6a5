import {
  decodeHostAnswer,
  decodeHostCall,
  encodeHostAnswer,
  encodeHostCall,
  type HttpHeaders,
  type HttpRequest,
} from "@flawless-ts/wasm-module";
import { parseJournal, type JournalRecord } from "../../journal/journal-line.ts";
import type { NotedAttempt } from "./attempt-notes.ts";
import type { StoredWorkflow } from "../../store/workflow-store.ts";
import { hideSecret } from "../observing/index.ts";
import { toIsoTime } from "../../host-calls/deadline.ts";
import type { HistoryStep, WorkflowHistory, WorkflowHistoryPage } from "../types.ts";
import { changeTexts } from "../../workflow/thrown-error.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";

const maxErrorLength = 1_000;

/** A workflow's journal as plain data. Secrets that it read are replaced wherever they appear. */
export function toHistory(workflow: StoredWorkflow, journal: readonly string[]): WorkflowHistory {
  const records = parseJournal(journal);
  return describe(workflow, records, 0, longestFirst(secretsIn(records)));
}

/** Some steps of a journal, and what must be known of the others. */
export interface JournalPart {
  readonly records: readonly JournalRecord[];
  /** The number of steps before these. */
  readonly before: number;
  /** The total number of steps. */
  readonly total: number;
  /** The secrets to hide, including those that were read in other steps. */
  readonly secrets: ReadonlySet<string>;
  /** Attempts of activities that failed during these steps. */
  readonly failed: readonly NotedAttempt[];
}

/** A part of the history, and its total size. */
export function toHistoryPage(workflow: StoredWorkflow, part: JournalPart): WorkflowHistoryPage {
  const secrets = longestFirst(part.secrets);
  const { response } = workflow;
  return {
    ...describe(workflow, part.records, part.before, secrets),
    total: part.total,
    failedAttempts: part.failed.map(({ operation, step, at, nextAt, fault }) => ({
      operation,
      step,
      at: toIsoTime(at),
      nextAt: toIsoTime(nextAt),
      error: hideSecrets(`${fault.name}: ${fault.message}`, secrets).slice(0, maxErrorLength),
    })),
    response: response === null ? null : hideSecrets(response, secrets),
  };
}

function describe(
  workflow: StoredWorkflow,
  records: readonly JournalRecord[],
  before: number,
  secrets: readonly string[],
): WorkflowHistory {
  const steps: HistoryStep[] = [];
  for (const [index, record] of records.entries()) {
    // The answer to GetInput is not stored twice.
    const isInput = record.answer === "";
    const answer = isInput
      ? encodeHostAnswer({ kind: "String", value: workflow.input })
      : record.answer;
    steps.push({
      step: before + index + 1,
      at: toIsoTime(record.at),
      answeredAt: record.answeredAt === null ? null : toIsoTime(record.answeredAt),
      call: hideInStep(record.call, secrets),
      answer: answer === null ? null : hideInStep(answer, secrets),
    });
  }
  const { failure } = workflow;
  return {
    id: toPublicId(workflow.id),
    module: workflow.module,
    version: workflow.version,
    moduleHash: workflow.moduleHash,
    workflow: workflow.workflow,
    run: workflow.run,
    input: hideSecrets(workflow.input, secrets),
    status: workflow.status,
    error: failure === null ? null : changeTexts(failure, (text) => hideSecrets(text, secrets)),
    steps,
  };
}

/** A text for people, without the secrets that the steps of its workflow got as answers to `GetSecret`. */
export function withoutSecretsOf(records: readonly JournalRecord[], text: string): string {
  return hideSecrets(text, longestFirst(secretsIn(records)));
}

/** The secrets that workflows got as answers to `GetSecret`. */
export function secretsIn(records: readonly JournalRecord[]): ReadonlySet<string> {
  const secrets = new Set<string>();
  for (const { answer } of records) {
    if (answer?.startsWith('{"Secret":"')) {
      const { Secret: secret } = JSON.parse(answer) as { readonly Secret: string };
      if (secret !== "") {
        secrets.add(secret);
      }
    }
  }
  return secrets;
}

/** One may contain another. */
function longestFirst(secrets: ReadonlySet<string>): readonly string[] {
  return [...secrets].toSorted((a, b) => b.length - a.length);
}

function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce(hideSecret, text);
}

const stringInJson = /"(?:[^"\\]|\\.)*"/g;

/** Only in the strings of the JSON: a secret such as "5" must not change its numbers. */
function hideInStep(json: string, secrets: readonly string[]): string {
  if (secrets.length === 0) {
    return json;
  }
  return secrets.reduce(hideInBody, json).replaceAll(stringInJson, (string) => {
    const value = JSON.parse(string) as string;
    const cleaned = hideSecrets(value, secrets);
    return cleaned === value ? string : JSON.stringify(cleaned);
  });
}

/** A body is base64, so a secret in it is not visible in the text. */
function hideInBody(json: string, secret: string): string {
  if (json.startsWith('{"HTTPRequest"')) {
    const call = decodeHostCall(json);
    if (call.kind === "HTTPRequest") {
      const { request } = call;
      const body = hideInBase64(request.body, secret);
      return body === undefined
        ? json
        : encodeHostCall({
            ...call,
            request: { ...request, body, headers: fitting(body, request) },
          });
    }
  }
  if (json.startsWith('{"HTTPResponse"')) {
    const answer = decodeHostAnswer(json);
    if (answer.kind === "HTTPResponse" && answer.result.kind !== "Transport") {
      const { result } = answer;
      const body = hideInBase64(result.response.body, secret);
      const response = { ...result.response, body: body ?? "" };
      return body === undefined
        ? json
        : encodeHostAnswer({ ...answer, result: { ...result, response } });
    }
  }
  return json;
}

/** A replay of the shown history makes a body of another length, and says so in its header. */
function fitting(body: string, { headers, body: original }: HttpRequest): HttpHeaders {
  const before = String(Buffer.from(original, "base64").length);
  const now = String(Buffer.from(body, "base64").length);
  return headers.map(([name, value]) =>
    name.toLowerCase() === "content-length" && value === before ? [name, now] : [name, value],
  );
}

/** Undefined if there is nothing to hide. */
function hideInBase64(base64: string, secret: string): string | undefined {
  // Latin-1 leaves every byte unchanged; the secret's bytes are those of its UTF-8.
  const body = Buffer.from(base64, "base64").toString("latin1");
  const cleaned = hideSecret(body, Buffer.from(secret).toString("latin1"));
  return cleaned === body ? undefined : Buffer.from(cleaned, "latin1").toString("base64");
}
