import type { CallScope } from "../http/call-scope.ts";
import type { HttpRequest } from "../http/messages.ts";

/** How long one long poll stays open: shorter than many proxies' timeouts. */
export const pollMs = 25_000;

/** The pause between two polls, so that a server that responds immediately isn't flooded. */
export const pollPauseMs = 100;

/** How long one poll of a call stays open. */
export function waitMs(scope: CallScope): number {
  return Math.max(1, Math.ceil(Math.min(pollMs, scope.remainingMs)));
}

/**
 * The options for a long poll.
 *
 * @param several whether there are several nodes; if so, it continues while none of them responds.
 */
export function patience(timeoutMs: number, several: boolean): Partial<HttpRequest> {
  return {
    answerWithinMs: timeoutMs + 30_000,
    nodeAnswersWithinMs: timeoutMs + 5000,
    ...(several ? { rounds: Infinity } : {}),
  };
}

/** The path prefix of a workflow's routes. */
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

/** The value of a query member; for a list, each item is one. */
export type QueryValue = string | number | boolean | undefined | readonly string[];

/** @returns a query with a leading question mark, or an empty string without members */
export function toQuery(members: Readonly<Record<string, QueryValue>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined) query.append(name, String(each));
    }
  }
  return query.size === 0 ? "" : `?${query}`;
}
