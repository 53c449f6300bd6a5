import type { ScheduleDescription, ScheduleInfo, ScheduleStart } from "@flawless-ts/sdk";
import { formatTable, printable, shorten } from "@flawless-ts/http-service/program";

const spans = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "m"],
  [1_000, "s"],
  [1, "ms"],
] as const;

/** A duration such as `15m`, in the largest unit that gives a whole number. */
export function spanText(milliseconds: number): string {
  const [size, unit] = spans.find(([each]) => milliseconds % each === 0) ?? [1, "ms"];
  return `${milliseconds / size}${unit}`;
}

/** When it starts, in short. */
function timingText({ cron, timeZone, everyMs }: ScheduleInfo): string {
  return cron === null ? `every ${spanText(everyMs ?? 0)}` : `${cron} (${timeZone})`;
}

function workflowText({ module, version, workflow }: ScheduleInfo): string {
  return `${module}${version === null ? "" : `:${version}`}/${workflow}`;
}

/** The columns of a list entry. */
export function listLines(schedules: readonly ScheduleInfo[]): readonly string[] {
  const rows = schedules.map((each) => [
    each.name,
    shorten(timingText(each), 50),
    shorten(workflowText(each), 50),
    each.pausedAt === null ? (each.nextAt ?? "none") : "paused",
    String(each.counts.started),
    String(each.running.length),
  ]);
  return formatTable(["NAME", "STARTS", "WORKFLOW", "NEXT", "STARTED", "RUNNING"], rows);
}

/** All details of one schedule, one per line. */
export function descriptionLines(schedule: ScheduleDescription): readonly string[] {
  const { counts, running, next, last } = schedule;
  const facts: readonly (readonly [string, string | null])[] = [
    ["name", schedule.name],
    ["starts", timingText(schedule)],
    ["anchor", schedule.anchor],
    ["workflow", workflowText(schedule)],
    ["input", shorten(schedule.input, 200)],
    ["overlap", schedule.overlap],
    ["catch up", spanText(schedule.catchUpMs)],
    ["jitter", schedule.jitterMs === 0 ? null : spanText(schedule.jitterMs)],
    ["paused", schedule.pausedAt === null ? null : `since ${schedule.pausedAt}`],
    ["ends", schedule.endsAt],
    [
      "so far",
      `${counts.started} started, ${counts.skipped} skipped, ${counts.missed} missed, ${counts.failed} failed`,
    ],
    ["running", running.length === 0 ? null : running.join(" ")],
    ["waiting", schedule.waitingAt],
    ["next", next.length === 0 ? "none" : next.join("\n")],
  ];
  const lines = facts.flatMap(([name, text]) =>
    text === null
      ? []
      : text
          .split("\n")
          .map((line, index) => `${(index === 0 ? name : "").padEnd(8)}  ${printable(line)}`),
  );
  const rows = last.map((start) => [start.at, start.kind, outcomeText(start)]);
  return rows.length === 0
    ? lines
    : [...lines, "", ...formatTable(["LAST", "BY", "OUTCOME"], rows)];
}

/** The outcome of a start. */
export function outcomeText({ outcome, workflow, error }: ScheduleStart): string {
  const detail = workflow ?? (error === null ? "" : `${error.code}: ${error.message}`);
  return shorten(`${outcome} ${detail}`.trimEnd(), 120);
}
