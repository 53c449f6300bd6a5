import type { CallScope } from "../http/call-scope.ts";
import type { HttpRequest } from "../http/messages.ts";

/** How long one question is left open: shorter than many proxies wait. */
export const pollMs = 25_000;

/** Between two questions, lest a server that answers at once be flooded. */
export const pollPauseMs = 100;

/** How long one question of a call is left open. */
export function waitMs(scope: CallScope): number {
  return Math.max(1, Math.ceil(Math.min(pollMs, scope.remainingMs)));
}

/**
 * For a question that is left open.
 *
 * @param several whether there are several nodes: it goes on while none of them answers.
 */
export function patience(timeoutMs: number, several: boolean): Partial<HttpRequest> {
  return {
    answerWithinMs: timeoutMs + 30_000,
    nodeAnswersWithinMs: timeoutMs + 5000,
    ...(several ? { rounds: Infinity } : {}),
  };
}

/** Where a workflow's routes begin. */
export function workflowPath(id: string): string {
  return `/api/workflows/${encodeURIComponent(id)}`;
}

export function get(path: string): HttpRequest {
  return { method: "GET", path, repeat: "harmless" };
}

export function jsonPost(path: string, body: object): HttpRequest {
  const headers = { "content-type": "application/json" };
  return { method: "POST", path, headers, body: JSON.stringify(body), repeat: "unless-sent" };
}

/** What a member of a query stands for; of a list, each item. */
export type QueryValue = string | number | boolean | undefined | readonly string[];

/** @returns a query with a question mark before it, or nothing where no member is given */
export function toQuery(members: Readonly<Record<string, QueryValue>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined) query.append(name, String(each));
    }
  }
  return query.size === 0 ? "" : `?${query}`;
}
