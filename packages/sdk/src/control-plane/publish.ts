import { randomUUID } from "node:crypto";
import { InvalidOptionsError } from "../errors/index.ts";
import type { CallScope } from "../http/call-scope.ts";
import { hasMember, textMember, unexpectedAnswer } from "../http/answer-body.ts";
import type { HttpAnswer } from "../http/transport.ts";
import { expectSuccess, jsonOf, maybeUnknownRoute } from "./answers.ts";
import type { Connection } from "./connection.ts";
import type { ApiForm, WorkerType } from "./types.ts";

const headers = { "content-type": "application/json" };

/** A job as it is sent. */
export interface WireJob {
  readonly id: string | undefined;
  /** JSON text. */
  readonly payload: string;
  readonly workerTypes: readonly WorkerType[] | undefined;
}

/** Publishes a job, and gives its id. */
export async function publish(
  connection: Connection,
  job: WireJob,
  scope: CallScope,
): Promise<string> {
  const form = await connection.form(scope);
  if (job.id === undefined && form === "second")
    return await publishPayload(connection, job, scope);
  const id = job.id ?? `job-${randomUUID()}`;
  return await publishUnder(id, connection, job, form, scope);
}

/** The job gets an id of the caller's. */
async function publishUnder(
  id: string,
  connection: Connection,
  { payload, workerTypes }: WireJob,
  form: ApiForm,
  scope: CallScope,
): Promise<string> {
  const members = `"job_id":${JSON.stringify(id)},"payload":${payload}${typesMember(workerTypes)}`;
  const answer = await connection.transport.send(
    {
      method: "POST",
      path: "/queue/publish",
      headers,
      body: `{${members}}`,
      // A server that speaks both forms is @flawless-ts/control-plane, where publishing again changes nothing.
      repeat: form === "second" ? "harmless" : "unless-sent",
    },
    scope,
  );
  if (form === "second" && maybeUnknownRoute(answer)) {
    throw connection.notSupported("publishing a job under an id of one's own");
  }
  expectSuccess(answer);
  const published = publishedId(answer) ?? id;
  if (published === id) return id;
  const expected = `expected that ${JSON.stringify(id)} was published`;
  throw unexpectedAnswer(answer, expected, "control plane");
}

/** The server of the second form gives the id. The payload is the whole body there. */
async function publishPayload(
  connection: Connection,
  { payload, workerTypes }: WireJob,
  scope: CallScope,
): Promise<string> {
  if (!/^\{./.test(payload) || payload === "{}" || hasMember(JSON.parse(payload), "job_id")) {
    throw new InvalidOptionsError(
      "payload",
      `expected an object with members, and none named job_id, which is what the second form of the API takes without an id, but got ${payload.slice(0, 100)}.`,
    );
  }
  const body = `${payload.slice(0, -1)}${typesMember(workerTypes)}}`;
  const answer = await connection.transport.send(
    { method: "POST", path: "/api/queue/publish", headers, body, repeat: "unless-sent" },
    scope,
  );
  expectSuccess(answer);
  const id = publishedId(answer);
  if (id !== null) return id;
  throw unexpectedAnswer(answer, "expected the published job's id", "control plane");
}

function typesMember(workerTypes: readonly WorkerType[] | undefined): string {
  return workerTypes === undefined
    ? ""
    : `,"compatible_worker_types":${JSON.stringify(workerTypes)}`;
}

/** mvm-ci answers "Job ID published". */
function publishedId(answer: HttpAnswer): string | null {
  const body = jsonOf(answer);
  const text = typeof body === "string" ? body : answer.text;
  if (hasMember(body, "job_id")) return textMember(body, "job_id");
  return textMember(body, "id") ?? /^Job (\S+) published/.exec(text)?.[1] ?? null;
}
