import {
  cell,
  count,
  emptyRow,
  type Html,
  html,
  type Regions,
  rowsOr,
  single,
} from "@flawless-ts/http-service/pages";
import type { EngineApi } from "../api/engine-api.ts";
import type { WorkflowInfo, WorkflowStatus } from "../engine/index.ts";
import type { WorkflowCounts } from "../store/workflow-store.ts";
import { spanText } from "../history-text/span-text.ts";
import { isEmptyQuery, listAddress, type ListQuery, toFilter } from "./list-query.ts";
import {
  age,
  brief,
  stateBadge,
  waitsFor,
  workflowLink,
  workflowStates,
  workflowStatuses,
} from "./workflow-parts.ts";

/** The max number of workflows on a page. */
const pageSize = 50;

/** The parts of the list that change while it is open. */
export type ListRegions = Regions<"counts" | "workflows" | "pager">;

/** The columns of a list of workflows. */
export const workflowColumns: readonly string[] = ["Id", "State", "Workflow", "Started", "Took"];

/** Reads what a list shows. */
export async function readList(engine: EngineApi, query: ListQuery): Promise<ListRegions> {
  const [counts, { workflows, cursor, searched }] = await Promise.all([
    engine.counts(),
    engine.list(toFilter(query, pageSize)),
  ]);
  const none = isEmptyQuery(query) ? "No workflow was started yet." : "No workflow fits.";
  return {
    counts: new Map(workflowStatuses.map((status) => [status, tile(status, counts, query)])),
    workflows: rowsOr(
      new Map(workflows.map((workflow) => [workflow.id, row(workflow)])),
      emptyRow(workflowColumns.length, none),
    ),
    pager: single(pager(query, cursor, searched)),
  };
}

/** Choosing a state keeps the other conditions. The numbers count all workflows. */
function tile(status: WorkflowStatus, counts: WorkflowCounts, query: ListQuery): Html {
  const chosen = query.status === status;
  const { text, tone } = workflowStates[status];
  const emphasis = counts[status] === 0 ? "zero" : tone;
  const detail =
    status === "running" ? html`<small>${count(counts.sleeping)} asleep</small>` : null;
  const name = chosen
    ? html`<a href="${listAddress("/", { ...query, status: "", cursor: "" })}" aria-current="true"
        >${text}</a
      >`
    : html`<a href="${listAddress("/", { ...query, status, cursor: "" })}">${text}</a>`;
  return html`<div data-key="${status}" class="tile ${emphasis}">
    <dt>${name}</dt>
    <dd>${count(counts[status])} ${detail}</dd>
  </div>`;
}

function row(workflow: WorkflowInfo): Html {
  const { id, module, version, status, createdAt, endedAt, error } = workflow;
  const waiting = waitsFor(workflow);
  return html`<tr data-key="${id}" role="row" class="workflow">
    <th scope="row" role="rowheader">${workflowLink(id)}</th>
    ${cell("State", stateBadge(status))}
    ${cell(
      "Workflow",
      html`${brief(workflow.workflow)} <small>${brief(`${module} ${version}`)}</small> ${
          waiting === null ? null : html`<span class="waits">${waiting}</span>`
        }${error === null ? null : html`<span class="reason">${brief(error.message)}</span>`}`,
    )}
    ${cell("Started", age(createdAt))}
    ${cell(
      "Took",
      endedAt === null ? html`<span class="none">runs</span>` : tookText(createdAt, endedAt),
    )}
  </tr>`;
}

/** The time between two times, given as ISO 8601. */
export function tookText(from: string, to: string): string {
  return spanText(Math.max(0, Date.parse(to) - Date.parse(from)));
}

function pager(query: ListQuery, cursor: string | null, searched: number | undefined): Html {
  const newest =
    query.cursor === ""
      ? null
      : html`<a href="${listAddress("/", { ...query, cursor: "" })}">Newest</a>`;
  const older =
    cursor === null
      ? null
      : html`<a href="${listAddress("/", { ...query, cursor })}" rel="next">Older</a>`;
  const looked =
    searched === undefined
      ? null
      : html`<span
          >${count(searched)} were looked
          through${cursor === null ? "" : "; older ones were not"}.</span
        >`;
  return html`<p data-key="one">${newest} ${older} ${looked}</p>`;
}
