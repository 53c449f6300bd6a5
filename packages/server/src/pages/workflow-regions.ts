import {
  count,
  emptyRow,
  type Html,
  html,
  type Region,
  type Regions,
  rowsOr,
  single,
} from "@flawless-ts/http-service/pages";
import type { WorkflowRestart } from "@flawless-ts/sdk";
import type { EngineApi } from "../api/engine-api.ts";
import type { WorkflowDetails, WorkflowHistoryPage } from "../engine/index.ts";
import { workflowActions } from "./actions/workflow-actions.ts";
import { failureText } from "./failure-text.ts";
import { family } from "./family.ts";
import { jobLink } from "./job-link.ts";
import { listAddress } from "./list-query.ts";
import { tookText } from "./list-regions.ts";
import { prettyJson } from "./pretty-json.ts";
import { logLine } from "./timeline/log-lines.ts";
import { type TimeAxis, timeAxis } from "./timeline/time-axis.ts";
import { type Timeline, toTimeline } from "./timeline/timeline-rows.ts";
import {
  axisLabels,
  timelineColumns,
  type TimelinePage,
  timelineRow,
} from "./timeline/timeline-table.ts";
import { ValueBudget, type ValueLimits } from "./timeline/value-budget.ts";
import {
  age,
  brief,
  labelList,
  stateBadge,
  waitsFor,
  workflowLink,
  workflowPath,
} from "./workflow-parts.ts";

/** The max number of steps on a page. */
export const stepsOnPage = 100;
/** The last steps begin at a multiple of this plus one, so that a new step rarely moves the others. */
const stepsTogether = 20;
/** An update of a live page must fit the buffer for a slow reader, 1 MiB, even with every character escaped. */
const limits: ValueLimits = { value: 4_000, page: 60_000 };

/** The parts of a workflow's page that change while it is open. */
export type WorkflowRegions = Regions<
  | "state"
  | "facts"
  | "actions"
  | "error"
  | "values"
  | "axis"
  | "steps"
  | "step-pager"
  | "log"
  | "family"
>;

/**
 * Reads what a workflow's page shows.
 * @param first the first step; null for the last steps
 */
export async function readWorkflow(
  engine: EngineApi,
  id: string,
  first: number | null,
): Promise<WorkflowRegions> {
  // Before the journal: otherwise the page could say that the workflow ended, but not how.
  const workflow = await engine.workflow(id);
  const history = withoutOlder(await engine.journalPage(id, { first, limit: stepsOnPage }), first);
  const state = await engine.state(id);
  const startedAt = Date.parse(workflow.createdAt);
  const endedAt = workflow.endedAt === null ? null : Date.parse(workflow.endedAt);
  const timeline = toTimeline(history, endedAt);
  const axis = axisOf(timeline, startedAt);
  const page: TimelinePage = { id, startedAt, axis, budget: new ValueBudget(limits) };
  const steps = timeline.rows.map((row) => [`step-${row.step}`, timelineRow(row, page)] as const);
  const log = timeline.log.map((row) => [`log-${row.step}`, logLine(row, page)] as const);
  return {
    state: single(
      html`<span data-key="one"
        >${brief(workflow.workflow)}
        <span class="node">${id}</span> ${stateBadge(workflow.status)}</span
      >`,
    ),
    facts: facts(workflow),
    actions: workflowActions(
      workflow,
      await engine.moduleTypes(workflow.moduleHash),
      await engine.modules(),
    ),
    family: await family(engine, workflow),
    error: failure(history),
    values: values(history, state),
    axis: single(axisLabels(axis, startedAt)),
    steps: rowsOr(new Map(steps), emptyRow(timelineColumns.length, noStep(history))),
    "step-pager": single(pager(id, history)),
    log: rowsOr(
      new Map(log),
      html`<li data-key="none" class="none">
        ${history.total > history.steps.length ? "None among these steps." : "Nothing was logged."}
      </li>`,
    ),
  };
}

function withoutOlder(history: WorkflowHistoryPage, first: number | null): WorkflowHistoryPage {
  if (first !== null || history.steps.length < stepsOnPage) {
    return history;
  }
  const start = Math.ceil((history.total - stepsOnPage) / stepsTogether) * stepsTogether;
  return { ...history, steps: history.steps.filter(({ step }) => step > start) };
}

function noStep({ steps, total }: WorkflowHistoryPage): string {
  if (total === 0) {
    return "No step is durable yet.";
  }
  return steps.length === 0 ? "There is no such step." : "These steps only wrote to the log.";
}

/**
 * The axis behind the bars of a page. A bar of a running operation has no end, so it reaches to the edge; the axis
 * extends beyond the ended ones to leave room for it.
 */
function axisOf({ rows }: Timeline, startedAt: number): TimeAxis {
  const [first] = rows;
  const start = first === undefined || first.step <= stepsTogether ? startedAt : first.from;
  const end = Math.max(start, ...rows.map(({ from, to }) => to ?? from));
  const room = rows.some(({ to }) => to === null) ? 1.1 : 1;
  return timeAxis(start, start + (end - start) * room);
}

function facts(workflow: WorkflowDetails): Region {
  const { module, version, moduleHash, createdAt, endedAt, parent, cancelBy, run } = workflow;
  const { idempotencyKey, labels, restartedFrom, restarts } = workflow;
  const entries: readonly (readonly [string, Html | null])[] = [
    ["Now", waitsFor(workflow)],
    [
      "Module",
      html`<a href="${listAddress("/", { module: `${module}:${version}` })}"
          >${brief(module)} ${brief(version)}</a
        >
        <small><code>${moduleHash.slice(0, 12)}</code></small>`,
    ],
    ["Started", age(createdAt)],
    [
      "Ended",
      endedAt === null ? null : html`${age(endedAt)}, after ${tookText(createdAt, endedAt)}`,
    ],
    [
      "Cancelling",
      cancelBy === null || endedAt !== null ? null : html`Has to end ${age(cancelBy)}`,
    ],
    ["Run", run === 1 ? null : html`${count(run)}`],
    ["Started by", parent === null ? null : workflowLink(parent)],
    ["Key", idempotencyKey === null ? null : html`<code>${brief(idempotencyKey)}</code>`],
    ["Job", jobLink(labels)],
    ["Labels", Object.keys(labels).length === 0 ? null : labelList(labels)],
    ["Started again from", restartedFrom === null ? null : restartText(restartedFrom)],
    ["Started again as", restarts.length === 0 ? null : restartList(restarts)],
  ];
  return new Map(
    entries.flatMap(([title, text]) =>
      text === null
        ? []
        : [
            [
              title,
              html`<div data-key="${title}">
                <dt>${title}</dt>
                <dd>${text}</dd>
              </div>`,
            ] as const,
          ],
    ),
  );
}

function restartText({ id, fromStep }: WorkflowRestart): Html {
  return html`${workflowLink(id)}${fromStep === null ? "" : `, with its first ${count(fromStep)} ${fromStep === 1 ? "step" : "steps"}`}`;
}

/** The newest restarts. */
function restartList(restarts: readonly WorkflowRestart[]): Html {
  const shown = restarts.slice(-maxRestarts).toReversed();
  const left = restarts.length - shown.length;
  return html`${shown.map((restart, index) => html`${index === 0 ? "" : ", "}${restartText(restart)}`)}${left > 0 ? ` and ${count(left)} more` : ""}`;
}

function failure({ error }: WorkflowHistoryPage): Region {
  if (error === null) {
    return new Map();
  }
  return single(
    html`<section data-key="one" class="failure" aria-label="Failure">
      <h2>Failed: ${error.thrown?.name ?? error.code}</h2>
      <pre tabindex="0">${cut(failureText(error))}</pre>
    </section>`,
  );
}

function values({ input, response }: WorkflowHistoryPage, state: string | null): Region {
  const piece = (title: string, text: string): Html =>
    html`<details data-key="${title}">
      <summary>${title}</summary>
      <pre tabindex="0">${cut(prettyJson(text))}</pre>
    </details>`;
  const pieces = Object.entries({ Input: input, State: state, Response: response });
  return new Map(
    pieces.flatMap(([title, text]) =>
      text === null ? [] : [[title, piece(title, text)] as const],
    ),
  );
}

const maxRestarts = 5;
const maxTextLength = 10_000;

function cut(text: string): string {
  return text.length <= maxTextLength
    ? text
    : `${text.slice(0, maxTextLength)}… (${count(text.length)} characters)`;
}

function pager(id: string, { steps, total }: WorkflowHistoryPage): Html {
  const first = steps.at(0)?.step ?? 1;
  const last = steps.at(-1)?.step ?? 0;
  const path = workflowPath(id);
  const link = (from: number, text: string): Html =>
    html`<a href="${path}?from=${from}#steps">${text}</a>`;
  return html`<p data-key="one">
    ${total > steps.length ? `Steps ${count(first)} to ${count(last)} of ${count(total)}.` : `${count(total)} in all.`}
    ${first > 1 ? html`${link(1, "First")} ${link(Math.max(1, first - stepsOnPage), "Earlier")}` : null}
    ${last < total ? html`${link(last + 1, "Later")} <a href="${path}#steps">Last</a>` : null}
  </p>`;
}
