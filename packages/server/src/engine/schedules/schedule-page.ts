import type { SchedulePage } from "@flawless-ts/sdk";
import type { SchedulePageRequest } from "@flawless-ts/sdk/internal";
import type { WorkflowStore } from "../../store/workflow-store.ts";
import { KeptSchedule } from "./kept-schedule.ts";
import { toScheduleInfo } from "./schedule-info.ts";
import { refused } from "./schedule-spec.ts";

const defaultPage = 100;
const maxPage = 1_000;

/**
 * Reads a page of the list of schedules, by name; the cursor is the last name of the page before.
 * @throws EngineError `INVALID_REQUEST`
 */
export async function readSchedulePage(
  store: Pick<WorkflowStore, "schedules">,
  { limit = defaultPage, cursor }: SchedulePageRequest,
  now: number,
): Promise<SchedulePage> {
  if (!Number.isInteger(limit) || limit < 1 || limit > maxPage) {
    throw refused(`Expected a limit from 1 to ${maxPage}, but got ${limit}.`);
  }
  const stored = await store.schedules(cursor ?? null, limit + 1);
  const schedules = stored
    .slice(0, limit)
    .map((each) => toScheduleInfo(KeptSchedule.read(each), now));
  return { schedules, cursor: stored.length > limit ? (schedules.at(-1)?.name ?? null) : null };
}
