import { InvalidOptionsError } from "../errors/index.ts";
import type { CallScope } from "../http/call-scope.ts";
import { hasMember, textMember, unexpectedAnswer } from "../http/answer-body.ts";
import type { HttpAnswer } from "../http/transport.ts";
import { expectSuccess, jsonOf, maybeUnknownRoute } from "./answers.ts";
import type { Connection } from "./connection.ts";

const headers = { "content-type": "application/json" };

/** Both ways to publish a job. The payload is JSON text. */
export const publish = {
  /** The job gets an id of the caller's. */
  async underId(
    connection: Connection,
    id: string,
    payload: string,
    scope: CallScope,
  ): Promise<string> {
    const form = await connection.form(scope);
    const answer = await connection.transport.send(
      {
        method: "POST",
        path: "/queue/publish",
        headers,
        body: `{"job_id":${JSON.stringify(id)},"payload":${payload}}`,
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
    throw unexpectedAnswer(
      answer,
      `expected that ${JSON.stringify(id)} was published`,
      "control plane",
    );
  },

  /** The server of the second form gives the id. The payload is the whole body there. */
  async withoutId(connection: Connection, payload: string, scope: CallScope): Promise<string> {
    if (!payload.startsWith("{")) {
      throw new InvalidOptionsError(
        "payload",
        `expected an object, which is all that the second form of the API takes without an id, but got ${payload.slice(0, 100)}.`,
      );
    }
    const answer = await connection.transport.send(
      { method: "POST", path: "/api/queue/publish", headers, body: payload, repeat: "unless-sent" },
      scope,
    );
    expectSuccess(answer);
    const id = publishedId(answer);
    if (id !== null) return id;
    throw unexpectedAnswer(answer, "expected the published job's id", "control plane");
  },
};

/** mvm-ci answers "Job ID published". */
function publishedId(answer: HttpAnswer): string | null {
  const body = jsonOf(answer);
  const text = typeof body === "string" ? body : answer.text;
  if (hasMember(body, "job_id")) return textMember(body, "job_id");
  return textMember(body, "id") ?? /^Job (\S+) published/.exec(text)?.[1] ?? null;
}
