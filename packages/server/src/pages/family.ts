import { type Html, html, type Region, single } from "@flawless-ts/http-service/pages";
import type { EngineApi } from "../api/engine-api.ts";
import type { WorkflowInfo } from "../engine/index.ts";
import { brief, stateBadge, workflowLink } from "./workflow-parts.ts";

const maxAncestors = 10;
const maxChildren = 20;
const maxGrandchildren = 5;
const maxDepth = 3;
/** The max number of workflows whose children are read: an open page is read again and again. */
const maxAsked = 12;

interface Member {
  readonly workflow: WorkflowInfo;
  readonly children: readonly Member[];
  /** Whether there are more children, or they were not read. */
  readonly hasMore: boolean;
}

/** A workflow's ancestors and descendants as a tree; empty if it has none. */
export async function family(engine: EngineApi, workflow: WorkflowInfo): Promise<Region> {
  const tree = await readTree(engine, workflow);
  const ancestors = await ancestorsOf(engine, workflow);
  return tree.children.length === 0 && ancestors.length === 0
    ? new Map()
    : single(
        html`<div data-key="one">
          <h2 id="family">Family</h2>
          ${ancestors.reduceRight<Html>(
            (inner, ancestor) =>
              html`<ul class="tree">
                <li>${memberLine(ancestor)}${inner}</li>
              </ul>`,
            html`<ul class="tree">
              ${memberItem(tree, true)}
            </ul>`,
          )}
        </div>`,
      );
}

/** The topmost ancestor comes first. */
async function ancestorsOf(
  engine: EngineApi,
  { parent }: WorkflowInfo,
): Promise<readonly WorkflowInfo[]> {
  const found: WorkflowInfo[] = [];
  for (let next = parent; next !== null && found.length < maxAncestors;) {
    // It may have been deleted.
    const ancestor: WorkflowInfo | undefined = await engine.workflow(next).catch(() => undefined);
    if (ancestor === undefined) {
      break;
    }
    found.unshift(ancestor);
    next = ancestor.parent;
  }
  return found;
}

/** Reads level by level, so that the nearest descendants are included. */
async function readTree(engine: EngineApi, root: WorkflowInfo): Promise<Member> {
  const childrenOf = new Map<string, readonly WorkflowInfo[]>();
  const cut = new Set<string>();
  const seen = new Set([root.id]);
  let level: readonly WorkflowInfo[] = [root];
  for (let depth = 0; depth < maxDepth; depth += 1) {
    const limit = depth === 0 ? maxChildren : maxGrandchildren;
    const asked = level.slice(0, Math.max(0, maxAsked - childrenOf.size));
    for (const { id } of asked) {
      const { workflows } = await engine.list({ parent: id, limit: limit + 1 });
      const fresh = workflows.slice(0, limit).filter((child) => !seen.has(child.id));
      fresh.forEach((child) => seen.add(child.id));
      childrenOf.set(id, fresh);
      if (workflows.length > limit) {
        cut.add(id);
      }
    }
    level = asked.flatMap(({ id }) => childrenOf.get(id) ?? []);
  }
  const member = (workflow: WorkflowInfo): Member => ({
    workflow,
    children: (childrenOf.get(workflow.id) ?? []).map(member),
    hasMore: cut.has(workflow.id),
  });
  return member(root);
}

function memberItem({ workflow, children, hasMore }: Member, isSelf: boolean): Html {
  const inner =
    children.length === 0
      ? null
      : html`<ul class="tree">
          ${children.map((child) => memberItem(child, false))}
          ${hasMore ? html`<li>and older ones</li>` : null}
        </ul>`;
  return html`<li>${isSelf ? selfLine(workflow) : memberLine(workflow)}${inner}</li>`;
}

function memberLine({ id, workflow, status }: WorkflowInfo): Html {
  return html`${brief(workflow)} ${workflowLink(id)} ${stateBadge(status)}`;
}

function selfLine({ workflow }: WorkflowInfo): Html {
  return html`<strong>${brief(workflow)}</strong> (this one)`;
}
