import { ApiError } from "@flawless-ts/http-service";
import type { WorkflowFilter, WorkflowStatus } from "../engine/index.ts";
import { workflowStatuses } from "./workflow-parts.ts";

/** Which workflows a list shows. An empty text is no condition. */
export interface ListQuery {
  readonly status: WorkflowStatus | "";
  /** Name, or name and version parted by a colon. */
  readonly module: string;
  readonly workflow: string;
  /** Where the page begins; empty for the newest. */
  readonly cursor: string;
}

const fields = ["status", "module", "workflow", "cursor"] as const;
const maxFieldLength = 512;

/**
 * Reads what an address asks for.
 * @throws ApiError `INVALID_REQUEST`
 */
export function readListQuery(query: unknown): ListQuery {
  const given = (query ?? {}) as Readonly<Record<string, unknown>>;
  const [status = "", module = "", workflow = "", cursor = ""] = fields.map((field) => {
    const value = given[field] ?? "";
    if (typeof value !== "string" || value.length > maxFieldLength) {
      throw new ApiError(
        "INVALID_REQUEST",
        `The field ${field} has to be one text of a moderate length.`,
      );
    }
    return value.trim();
  });
  if (status !== "" && !workflowStatuses.includes(status as WorkflowStatus)) {
    throw new ApiError(
      "INVALID_REQUEST",
      `The status has to be one of ${workflowStatuses.join(", ")}, or left out.`,
    );
  }
  return { status: status as WorkflowStatus | "", module, workflow, cursor };
}

/** The address of a list: what is empty is left out. The same query gives the same text. */
export function listAddress(path: string, query: Partial<ListQuery>): string {
  const parameters = fields.flatMap((field) => {
    const value = query[field] ?? "";
    return value === "" ? [] : [[field, value]];
  });
  const text = new URLSearchParams(parameters).toString();
  return text === "" ? path : `${path}?${text}`;
}

/** What the engine is asked for. */
export function toFilter(query: ListQuery, limit: number): WorkflowFilter {
  const { status, module, workflow, cursor } = query;
  const colon = module.lastIndexOf(":");
  const [name, version] =
    colon < 0 ? [module, ""] : [module.slice(0, colon), module.slice(colon + 1)];
  return {
    limit,
    status: status === "" ? undefined : status,
    module: name === "" ? undefined : name,
    version: version === "" ? undefined : version,
    workflow: workflow === "" ? undefined : workflow,
    cursor: cursor === "" ? undefined : cursor,
  };
}
