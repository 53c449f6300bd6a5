import { badge, type Html, html } from "@flawless-ts/http-service/pages";
import type { ScheduleInfo } from "@flawless-ts/sdk";
import { spanWords } from "../history-text/span-words.ts";
import { brief } from "./workflow-parts.ts";

/** The address of a schedule's page. */
export function schedulePath(name: string): string {
  return `/schedules/${encodeURIComponent(name)}`;
}

/** When a schedule starts its workflow, in words. */
export function timesText({ cron, everyMs, timeZone }: ScheduleInfo): Html {
  return cron === null
    ? html`every ${spanWords(everyMs ?? 0)}`
    : html`<code>${brief(cron)}</code
        >${timeZone === null ? null : html` <small>${brief(timeZone)}</small>`}`;
}

/** Whether it is active. */
export function scheduleBadge({ pausedAt, nextAt, endsAt }: ScheduleInfo, now: number): Html {
  if (pausedAt !== null && Date.parse(pausedAt) <= now) {
    return badge("Paused", "warning");
  }
  return nextAt === null && endsAt !== null ? badge("Over", "quiet") : badge("Active", "good");
}
