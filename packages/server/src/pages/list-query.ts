import { ApiError } from "@flawless-ts/http-service";
import type { WorkflowFilter, WorkflowStatus } from "../engine/index.ts";
import { workflowStatuses } from "./workflow-parts.ts";

/** Which workflows a list shows. An empty string means no condition. */
export interface ListQuery {
  readonly status: WorkflowStatus | "";
  /** `name` or `name:version` */
  readonly module: string;
  readonly workflow: string;
  /** A prefix of the workflow's name or id. */
  readonly find: string;
  /** `key=value` */
  readonly label: string;
  /** A prefix of the idempotency key. */
  readonly key: string;
  /** A text that the input contains. */
  readonly input: string;
  /** When it started: at or after `from`, and before `before`. A date, or ISO 8601. */
  readonly from: string;
  readonly before: string;
  /** Where the page starts; empty for the newest. */
  readonly cursor: string;
}

const fields = [
  "status",
  "module",
  "workflow",
  "find",
  "label",
  "key",
  "input",
  "from",
  "before",
  "cursor",
] as const satisfies readonly (keyof ListQuery)[];
const maxFieldLength = 512;

/**
 * Reads the conditions from an address.
 * @throws ApiError `INVALID_REQUEST`
 */
export function readListQuery(query: unknown): ListQuery {
  const given = (query ?? {}) as Readonly<Record<string, unknown>>;
  const read = Object.fromEntries(
    fields.map((field) => {
      const value = given[field] ?? "";
      if (typeof value !== "string" || value.length > maxFieldLength) {
        throw new ApiError(
          "INVALID_REQUEST",
          `The field ${field} has to be one text of a moderate length.`,
        );
      }
      return [field, value.trim()];
    }),
  ) as Readonly<Record<(typeof fields)[number], string>>;
  const { status } = read;
  if (status !== "" && !workflowStatuses.includes(status as WorkflowStatus)) {
    throw new ApiError(
      "INVALID_REQUEST",
      `The status has to be one of ${workflowStatuses.join(", ")}, or left out.`,
    );
  }
  return { ...read, status: status as WorkflowStatus | "" };
}

/** Whether it has no conditions. */
export function isEmptyQuery(query: ListQuery): boolean {
  return fields.every((field) => query[field] === "");
}

/** The address of a list, without empty conditions. The same query always gives the same text. */
export function listAddress(path: string, query: Partial<ListQuery>): string {
  const parameters = fields.flatMap((field) => {
    const value = query[field] ?? "";
    return value === "" ? [] : [[field, value]];
  });
  const text = new URLSearchParams(parameters).toString();
  return text === "" ? path : `${path}?${text}`;
}

/**
 * The filter for the engine.
 * @throws ApiError `INVALID_REQUEST`
 */
export function toFilter(query: ListQuery, limit: number): WorkflowFilter {
  const { status, module, workflow, find, key, input, from, before, cursor } = query;
  const colon = module.lastIndexOf(":");
  const [name, version] =
    colon < 0 ? [module, ""] : [module.slice(0, colon), module.slice(colon + 1)];
  const isId = find.startsWith("wkf_");
  return {
    limit,
    status: status === "" ? undefined : status,
    module: given(name),
    version: given(version),
    workflow: given(workflow),
    idPrefix: isId ? find : undefined,
    namePrefix: isId ? undefined : given(find),
    labels: labelsOf(query),
    keyPrefix: given(key),
    inputText: given(input),
    createdFrom: given(from),
    createdBefore: given(before),
    cursor: given(cursor),
  };
}

function labelsOf({ label }: ListQuery): Readonly<Record<string, string>> | undefined {
  if (label === "") {
    return undefined;
  }
  const at = label.indexOf("=");
  if (at < 1) {
    throw new ApiError("INVALID_REQUEST", "A label has to be given as key=value.");
  }
  return { [label.slice(0, at).trim()]: label.slice(at + 1).trim() };
}

function given(text: string): string | undefined {
  return text === "" ? undefined : text;
}
