import {
  cell,
  count,
  emptyRow,
  type Html,
  html,
  renderPage,
  tableHead,
} from "@flawless-ts/http-service/pages";
import type { ScheduleInfo, SchedulePage } from "@flawless-ts/sdk";
import { scheduleBadge, schedulePath, timesText } from "./schedule-parts.ts";
import { site } from "./site.ts";
import { age, brief } from "./workflow-parts.ts";

const columns: readonly string[] = ["Schedule", "State", "Times", "Workflow", "Next", "Starts"];

/** The max number of schedules on a page. */
export const schedulesOnPage = 100;

/** The page that lists schedules by name. `isFirst`: whether this is the first page. */
export function schedulesPage(
  { schedules, cursor }: SchedulePage,
  isFirst: boolean,
  now: number,
): Html {
  const rows =
    schedules.length === 0
      ? [
          emptyRow(
            columns.length,
            isFirst
              ? "There is no schedule. `flawless schedule create` and flawless.schedules.create make them."
              : "There are no more schedules.",
          ),
        ]
      : schedules.map((schedule) => row(schedule, now));
  const more =
    cursor === null
      ? null
      : html`<a href="/schedules?${new URLSearchParams({ cursor }).toString()}" rel="next"
          >More</a
        >`;
  return renderPage(
    {
      title: "Schedules",
      path: "/schedules",
      now,
      events: null,
      header: html`<h1 id="title">Schedules</h1>`,
      main: html`<section aria-labelledby="title">
        <table role="table" aria-labelledby="title" class="schedules">
          ${tableHead(columns)}
          <tbody role="rowgroup">
            ${rows}
          </tbody>
        </table>
        <p class="more">${isFirst ? null : html`<a href="/schedules">First</a>`} ${more}</p>
      </section>`,
    },
    site,
  );
}

function row(schedule: ScheduleInfo, now: number): Html {
  const { name, module, version, workflow, nextAt, running, counts } = schedule;
  const less = [
    ...(counts.skipped > 0 ? [`${count(counts.skipped)} skipped`] : []),
    ...(counts.missed > 0 ? [`${count(counts.missed)} missed`] : []),
    ...(counts.failed > 0 ? [`${count(counts.failed)} failed`] : []),
  ];
  return html`<tr role="row" class="schedule">
    <th scope="row" role="rowheader"><a href="${schedulePath(name)}">${brief(name)}</a></th>
    ${cell("State", scheduleBadge(schedule, now))} ${cell("Times", timesText(schedule))}
    ${cell(
      "Workflow",
      html`${brief(workflow)} <small>${brief(`${module} ${version ?? "newest"}`)}</small>`,
    )}
    ${cell("Next", nextAt === null ? html`<span class="none">none</span>` : age(nextAt))}
    ${cell(
      "Starts",
      html`${count(counts.started)}${running.length > 0 ? `, ${count(running.length)} running` : ""}
        <small>${less.join(", ")}</small>`,
    )}
  </tr>`;
}
