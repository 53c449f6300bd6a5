import { randomHex } from "../random-hex.ts";
import type { CallScope } from "../http/call-scope.ts";
import { errorCodeOf, textMember, unexpectedAnswer } from "../http/answer-body.ts";
import type { HttpAnswer } from "../http/messages.ts";
import { expectSuccess, jsonOf } from "./answers.ts";
import type { Connection } from "./connection.ts";
import type { WorkerType } from "./types.ts";

const headers = { "content-type": "application/json" };

/** A job in the format that is sent. */
export interface WireJob {
  readonly id: string | undefined;
  /** JSON text. */
  readonly payload: string;
  readonly workerTypes: readonly WorkerType[] | undefined;
}

/** Publishes a job, and returns its id. */
export async function publish(
  connection: Connection,
  job: WireJob,
  scope: CallScope,
): Promise<string> {
  const form = await connection.form(scope);
  const id = job.id ?? (form === "first" ? `job-${randomHex(16)}` : undefined);
  const { payload } = job;
  const members = [
    ...(id === undefined ? [] : [`"job_id":${JSON.stringify(id)}`]),
    `"payload":${payload}`,
    // mvm-ci's second form uses only this; @flawless-ts/control-plane ignores it if there is a payload.
    ...(form === "second" && id === undefined ? urlMember(payload) : []),
    ...typesMember(job.workerTypes),
  ];
  const answer = await connection.transport.send(
    {
      method: "POST",
      path: form === "first" ? "/queue/publish" : "/api/queue/publish",
      headers,
      body: `{${members.join(",")}}`,
      // A server that speaks both forms is @flawless-ts/control-plane, where publishing again changes nothing.
      repeat: form === "second" && id !== undefined ? "harmless" : "unless-sent",
    },
    scope,
  );
  if (form === "second" && answer.status === 422 && errorCodeOf(answer) === null) {
    throw connection.notSupported(
      id === undefined
        ? "publishing a payload without `url`"
        : "publishing a job under an id of one's own",
    );
  }
  expectSuccess(answer);
  const published = publishedId(answer) ?? (form === "first" ? id : undefined);
  if (published !== undefined && (id === undefined || published === id)) return published;
  const expected =
    id === undefined ? "the published job's id" : `that ${JSON.stringify(id)} was published`;
  throw unexpectedAnswer(answer, `expected ${expected}`, "control plane");
}

function urlMember(payload: string): readonly string[] {
  const url = textMember(JSON.parse(payload), "url");
  return url === null ? [] : [`"url":${JSON.stringify(url)}`];
}

function typesMember(workerTypes: readonly WorkerType[] | undefined): readonly string[] {
  return workerTypes === undefined
    ? []
    : [`"compatible_worker_types":${JSON.stringify(workerTypes)}`];
}

/** mvm-ci responds with "Job ID published". */
function publishedId(answer: HttpAnswer): string | undefined {
  const body = jsonOf(answer);
  const text = typeof body === "string" ? body : answer.text;
  return (
    textMember(body, "job_id") ?? textMember(body, "id") ?? /^Job (\S+) published/.exec(text)?.[1]
  );
}
