import http from "node:http";
import https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { RoleQuestion } from "./roles.ts";

const answerTimeoutMs = 3_000;
const maxBytes = 64 * 1024;
const firstPausesMs = 15;
const laterPausesMs = 200;
/** How long to poll often: on a busy machine, polling itself would slow the startup down. */
const eagerMs = 2_000;

/** Checks a role's health. Null if it is healthy, otherwise what is wrong. Never rejects. */
export async function ask(question: RoleQuestion): Promise<string | null> {
  const { url, elseUrl, token } = question;
  try {
    if (question.byTicket !== undefined) {
      // Imported only here, because other containers start sooner without it.
      const { workerByTicket } = await import("./ask-by-ticket.ts");
      return await workerByTicket(url, question.byTicket, token, answerTimeoutMs);
    }
    const first = get(url, token);
    const { status, text } =
      elseUrl === null
        ? await first
        : await first.then(
            (answer) => (answer.status === 404 ? get(elseUrl, token) : answer),
            () => get(elseUrl, token),
          );
    if (status !== 200) {
      return `GET ${url} was answered with status ${status}: ${text.slice(0, 1_000)}`;
    }
    // The status of a worker the control plane hasn't heard from for too long.
    return /"status":\s*"offline"/.test(text) ? `GET ${url} says that it is offline` : null;
  } catch (error) {
    // A ticket gives its bearer access, and problems end up in logs.
    const asked = question.byTicket === undefined ? `GET ${url}` : "Asking by the ticket";
    return `${asked} failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * Asks until the role is healthy.
 *
 * @returns null, or what is wrong after `timeoutMs`
 */
export async function askUntilWell(
  question: RoleQuestion,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<string | null> {
  const begin = performance.now();
  for (;;) {
    const problem = await ask(question);
    const passedMs = performance.now() - begin;
    if (problem === null || signal?.aborted === true || passedMs >= timeoutMs) {
      return problem;
    }
    await sleep(passedMs < eagerMs ? firstPausesMs : laterPausesMs);
  }
}

function get(url: string, token: string | null): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const { get: request } = url.startsWith("https:") ? https : http;
  const sent = request(url, { headers, agent: false, timeout: answerTimeoutMs }, (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (part: string) => {
      text += text.length < maxBytes ? part : "";
    });
    response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
    response.once("error", reject);
  });
  sent.once("timeout", () => sent.destroy(new Error(`no answer within ${answerTimeoutMs} ms`)));
  sent.once("error", reject);
  return promise;
}
