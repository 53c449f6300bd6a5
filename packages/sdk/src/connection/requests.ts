import type { HttpRequest } from "../http/messages.ts";

/** How long one question is left open: shorter than many proxies wait. */
export const pollMs = 25_000;

export function get(path: string): HttpRequest {
  return { method: "GET", path, repeat: "harmless" };
}

export function jsonPost(path: string, body: object): HttpRequest {
  const headers = { "content-type": "application/json" };
  return { method: "POST", path, headers, body: JSON.stringify(body), repeat: "unless-sent" };
}

/** @returns a query with a question mark before it, or nothing where no member is given */
export function toQuery(
  members: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? "" : `?${query}`;
}
