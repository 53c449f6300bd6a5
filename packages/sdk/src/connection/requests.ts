import type { HttpRequest } from "../http/messages.ts";
import type { WorkflowConditions } from "./types.ts";

/** How long one question is left open: shorter than many proxies wait. */
export const pollMs = 25_000;

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
type QueryValue = string | number | boolean | undefined | readonly string[];

/** What workflows are found by, as the server names it. */
export function conditionsInQuery({
  labels = {},
  ...conditions
}: WorkflowConditions): Readonly<Record<string, QueryValue>> {
  const { createdFrom, createdBefore, endedFrom, endedBefore } = conditions;
  return {
    module: conditions.module,
    version: conditions.version,
    workflow: conditions.workflow,
    key: conditions.key,
    label: Object.entries(labels).map(([key, value]) => `${key}=${value}`),
    created_from: createdFrom,
    created_before: createdBefore,
    ended_from: endedFrom,
    ended_before: endedBefore,
    id_prefix: conditions.idPrefix,
    key_prefix: conditions.keyPrefix,
    name_prefix: conditions.namePrefix,
    input_text: conditions.inputText,
  };
}

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
