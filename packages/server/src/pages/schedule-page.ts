import {
  cell,
  count,
  emptyRow,
  type Html,
  html,
  renderPage,
  tableHead,
  type Tone,
  badge,
} from "@flawless-ts/http-service/pages";
import type { ScheduleDescription, ScheduleStart } from "@flawless-ts/sdk";
import { spanWords } from "../history-text/span-words.ts";
import { buttonForm } from "./actions/action-form.ts";
import { prettyJson } from "./pretty-json.ts";
import { scheduleBadge, schedulePath, timesText } from "./schedule-parts.ts";
import { site } from "./site.ts";
import { age, brief, workflowLink } from "./workflow-parts.ts";

const startColumns: readonly string[] = ["Time", "What became of it", "Workflow", "Decided"];
const maxRunning = 50;
const maxInputLength = 10_000;

/** The page of one schedule. */
export function schedulePage(schedule: ScheduleDescription, now: number): Html {
  const { name, input, last, next } = schedule;
  const starts =
    last.length === 0
      ? [emptyRow(startColumns.length, "No time has come yet.")]
      : last.map((start) => startRow(start));
  return renderPage(
    {
      title: `Schedule ${name}`,
      path: schedulePath(name),
      now,
      events: null,
      header: html`<h1>${brief(name)} ${scheduleBadge(schedule, now)}</h1>
        <p><a href="/schedules">All schedules</a></p>`,
      main: html`<section aria-label="Facts">
          <dl class="facts">${facts(schedule)}</dl>
        </section>
        <section aria-label="Values" class="values">
          <details>
            <summary>Input</summary>
            <pre tabindex="0">${prettyJson(input).slice(0, maxInputLength)}</pre>
          </details>
        </section>
        <section aria-label="Actions" class="actions">${buttons(schedule, now)}</section>
        <section aria-labelledby="next">
          <h2 id="next">Next times</h2>
          ${
            next.length === 0
              ? html`<p>There is none.</p>`
              : html`<ul class="next">
                  ${next.map((time) => html`<li>${age(time)} <small>${time}</small></li>`)}
                </ul>`
          }
        </section>
        <section aria-labelledby="last">
          <h2 id="last">Last times</h2>
          <table role="table" aria-labelledby="last" class="starts">
            ${tableHead(startColumns)}
            <tbody role="rowgroup">
              ${starts}
            </tbody>
          </table>
        </section>`,
    },
    site,
  );
}

function facts(schedule: ScheduleDescription): readonly Html[] {
  const { module, version, workflow, overlap, catchUpMs, jitterMs, endsAt, pausedAt } = schedule;
  const { running, waitingAt, counts, createdAt } = schedule;
  const { started, skipped, missed, failed } = counts;
  const entries: readonly (readonly [string, Html | string | null])[] = [
    ["Times", timesText(schedule)],
    ["Starts", `${workflow} of ${module} ${version ?? "(the newest version)"}`],
    ["While an earlier start runs", overlap],
    ["Missed times", `are started up to ${spanWords(catchUpMs)} late`],
    ["Jitter", jitterMs === 0 ? null : `up to ${spanWords(jitterMs)}`],
    ["Paused", pausedAt === null ? null : age(pausedAt)],
    ["Ends", endsAt === null ? null : age(endsAt)],
    [
      "So far",
      `${count(started)} started, ${count(skipped)} skipped, ${count(missed)} missed, ${count(failed)} failed`,
    ],
    [
      "Running",
      running.length === 0
        ? null
        : html`<ul class="names">
            ${running.slice(0, maxRunning).map((id) => html`<li>${workflowLink(id)}</li>`)}
          </ul>`,
    ],
    ["Waits to start", waitingAt === null ? null : age(waitingAt)],
    ["Made", age(createdAt)],
  ];
  return entries.flatMap(([title, text]) =>
    text === null
      ? []
      : [
          html`<div>
            <dt>${title}</dt>
            <dd>${typeof text === "string" ? brief(text) : text}</dd>
          </div>`,
        ],
  );
}

function buttons(schedule: ScheduleDescription, now: number): Html {
  const path = schedulePath(schedule.name);
  const isPaused = schedule.pausedAt !== null && Date.parse(schedule.pausedAt) <= now;
  const pause = {
    path,
    name: "pause",
    button: "Pause",
    busy: "Pausing …",
    done: "Paused.",
    failed: "Not paused.",
    question: null,
    isDangerous: false,
  };
  const resume = {
    ...pause,
    name: "resume",
    button: "Resume",
    busy: "Resuming …",
    done: "Resumed.",
    failed: "Not resumed.",
  };
  return html`<div class="buttons">
    ${buttonForm({
      ...pause,
      name: "trigger",
      button: "Start now",
      busy: "Starting …",
      done: "Done: see the last times.",
      failed: "Not started.",
      question: "Start the workflow now, beside its times?",
    })}
    ${buttonForm(isPaused ? resume : pause)}
    ${buttonForm({
      ...pause,
      name: "delete",
      button: "Delete the schedule",
      busy: "Deleting …",
      done: "Deleted.",
      failed: "Not deleted.",
      question: "Delete this schedule? Workflows that it started go on.",
      isDangerous: true,
    })}
  </div>`;
}

const outcomes: Readonly<Record<ScheduleStart["outcome"], Tone>> = {
  started: "good",
  waiting: "active",
  skipped: "warning",
  failed: "bad",
};

function startRow({ at, kind, decidedAt, outcome, workflow, error }: ScheduleStart): Html {
  const by = { time: "", trigger: " by hand", backfill: " for a time that had passed" }[kind];
  return html`<tr role="row" class="start">
    <th scope="row" role="rowheader">${age(at)}</th>
    ${cell(
      "What became of it",
      html`${badge(outcome, outcomes[outcome])}${by}${
        error === null ? null : html`<span class="reason">${brief(error.message)}</span>`
      }`,
    )}
    ${cell("Workflow", workflow === null ? html`<span class="none">none</span>` : workflowLink(workflow))}
    ${cell("Decided", age(decidedAt))}
  </tr>`;
}
