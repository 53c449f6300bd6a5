import { EngineError } from "../../errors.ts";
import type { StoredWorkflowFilter } from "../../store/workflow-store.ts";
import {
  fromPublicId,
  type IdRange,
  idsBeginning,
  idsOfTimes,
} from "../../workflow/workflow-id.ts";
import { assertText, toWorkflowNumber } from "../requests.ts";
import type { WorkflowConditions } from "@flawless-ts/sdk";
import type { WorkflowFilter } from "../types.ts";

const defaultPage = 100;
const maxPageSize = 1_000;
/** The max number of characters of a filter's texts. */
const filterCharacters = 1_024;

/** Options that select the page, not its content. */
const pageOptions: ReadonlySet<string> = new Set(["cursor", "limit"]);

/** A page that was requested. */
export interface RequestedPage {
  readonly limit: number;
  /** Without ids and limit. */
  readonly filter: Omit<StoredWorkflowFilter, "limit">;
  /** The ids to search, the highest first. */
  readonly ids: readonly IdRange[];
}

/** @throws EngineError `INVALID_REQUEST` */
export function toRequestedPage(wanted: WorkflowFilter): RequestedPage {
  const { limit = defaultPage, cursor, key, idPrefix, labels, parent, ...texts } = wanted;
  if (!Number.isInteger(limit) || limit < 1 || limit > maxPageSize) {
    throw new EngineError(
      "INVALID_REQUEST",
      `Expected a limit from 1 to ${maxPageSize}, but got ${limit}.`,
    );
  }
  const after = cursor === undefined ? undefined : fromPublicId(cursor);
  if (cursor !== undefined && after === undefined) {
    throw new EngineError(
      "INVALID_REQUEST",
      `Expected the cursor of a page before, but got ${JSON.stringify(cursor)}.`,
    );
  }
  const { status, module, version, workflow, keyPrefix, namePrefix, inputText } = texts;
  for (const [name, text] of Object.entries({ keyPrefix, namePrefix, inputText })) {
    assertText(name, text ?? "", filterCharacters);
  }
  const createdFrom = timeOf("createdFrom", texts.createdFrom);
  const createdBefore = timeOf("createdBefore", texts.createdBefore);
  const endedFrom = timeOf("endedFrom", texts.endedFrom);
  const endedBefore = timeOf("endedBefore", texts.endedBefore);
  // What ended before a time also began before it.
  const lastTime = Math.min(createdBefore ?? Infinity, endedBefore ?? Infinity);
  const began = idsOfTimes(createdFrom, lastTime === Infinity ? undefined : lastTime);
  const prefixed = idPrefix === undefined ? [began] : idsBeginning(idPrefix);
  return {
    limit,
    filter: {
      status,
      childrenOf: parent === undefined ? undefined : toWorkflowNumber(parent),
      module,
      version,
      workflow,
      keyPrefix,
      namePrefix,
      inputText,
      idempotencyKey: key,
      labels,
      createdFrom,
      createdBefore,
      endedFrom,
      endedBefore,
    },
    ids: prefixed
      .map(({ from, below }) => ({
        from: Math.max(from, began.from),
        below: Math.min(below, began.below, after ?? Infinity),
      }))
      .filter(({ from, below }) => from < below),
  };
}

/** A change of many workflows needs a condition. @throws EngineError `INVALID_REQUEST` if none is given */
export function assertConditions(conditions: WorkflowConditions): void {
  const { labels = {}, ...others } = conditions;
  const given = Object.entries(others).filter(
    ([name, condition]) => condition !== undefined && !pageOptions.has(name),
  );
  if (given.length === 0 && Object.keys(labels).length === 0) {
    throw new EngineError(
      "INVALID_REQUEST",
      "Expected a module, a version or a workflow's name, a label or another condition to tell which workflows are meant.",
    );
  }
  // It matches everything, which is not what a caller with an unset variable means.
  const empty = given.find(([, condition]) => condition === "");
  if (empty !== undefined) {
    throw new EngineError(
      "INVALID_REQUEST",
      `Expected a text as ${empty[0]}, but got an empty one. Leave it out if it is no condition.`,
    );
  }
}

/** @throws EngineError `INVALID_REQUEST` */
function timeOf(name: string, text: string | undefined): number | undefined {
  const time = text === undefined ? undefined : Date.parse(text);
  if (Number.isNaN(time)) {
    throw new EngineError(
      "INVALID_REQUEST",
      `${name}: expected a time such as 2026-01-31T12:00:00Z, but got ${JSON.stringify(text?.slice(0, 100))}.`,
    );
  }
  return time;
}
