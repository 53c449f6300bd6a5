import type { WorkflowHistory, WorkflowInfo } from "@flawless-ts/sdk";
import type { TestEnvironment } from "../../environment/test-environment.ts";
import { journalTable, onOneLine } from "@flawless-ts/server/internal";

const maxWorkflows = 5;

/** The source of a report. */
export type ReportSource = Pick<TestEnvironment, "workflows" | "flawless">;

/**
 * The journals of an environment's workflows, children included, as text of a bounded length; "" if there are none. If
 * there are too many, those that did not complete come first.
 */
export async function journalReport(env: ReportSource): Promise<string> {
  try {
    const all = await env.workflows();
    const shown = maxTelling(all);
    const parts: string[] = [];
    for (const info of shown) {
      parts.push(workflowText(info, await env.flawless.workflow(info.id).history()));
    }
    if (shown.length < all.length) {
      parts.push(`${all.length - shown.length} more workflows are left out.`);
    }
    return parts.length === 0 ? "" : ["Journals of the test's workflows", ...parts].join("\n\n");
  } catch (error) {
    // Why the test failed matters more than why its journals can't be shown.
    return `The journals of the test's workflows can't be read: ${String(error)}`;
  }
}

function maxTelling(workflows: readonly WorkflowInfo[]): readonly WorkflowInfo[] {
  const rank = ({ status }: WorkflowInfo): number => (status === "completed" ? 1 : 0);
  const chosen = new Set(workflows.toSorted((a, b) => rank(a) - rank(b)).slice(0, maxWorkflows));
  return workflows.filter((workflow) => chosen.has(workflow));
}

function workflowText(info: WorkflowInfo, { steps }: WorkflowHistory): string {
  const child = info.parent === null ? "" : `, child of ${info.parent}`;
  const title = `${info.workflow} ${info.id} (${info.module} ${info.version}${child}) ${stateText(info)}`;
  const table = journalTable(steps, Date.parse(info.createdAt));
  return [title, ...table.map((line) => `  ${line}`)].join("\n");
}

function stateText({ status, waiting, error }: WorkflowInfo): string {
  if (error !== null) {
    return `${status}: ${error.code} ${onOneLine(error.message, 300)}`;
  }
  switch (waiting?.on) {
    case "sleep":
      return `${status}, sleeps until ${waiting.until}`;
    case "message": {
      const until = waiting.until === null ? "" : ` until ${waiting.until}`;
      return `${status}, waits for the message ${waiting.types.join(" or ")}${until}`;
    }
    case "http":
      return `${status}, waits for ${waiting.method} ${onOneLine(waiting.url, 100)}`;
    default:
      return status;
  }
}
