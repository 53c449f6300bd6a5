import type { ScheduleOverlap, ScheduleSettings } from "@flawless-ts/sdk";
import { type Command, Option } from "commander";
import { readDuration } from "./duration.ts";
import { parseJsonArgument } from "./json-argument.ts";

/** A schedule's settings on the command line. */
export interface SettingOptions {
  readonly workflow?: string;
  readonly cron?: string;
  readonly every?: string;
  readonly timeZone?: string;
  readonly anchor?: string;
  readonly input?: string;
  readonly overlap?: ScheduleOverlap;
  readonly catchUp?: string;
  readonly jitter?: string;
  readonly pausedAt?: string;
  readonly endsAt?: string;
}

/** What to do when an earlier start is still running. */
export const overlaps: readonly ScheduleOverlap[] = ["skip", "bufferOne", "allow", "cancelOther"];

/** Adds the options for a schedule's settings, except its workflow. */
export function withSettings(command: Command): Command {
  return command
    .option("--cron <expression>", 'when it starts, such as "0 9 * * mon-fri"')
    .option("--every <duration>", "the interval between starts, such as 15m, instead of --cron")
    .option("--time-zone <name>", "the time zone of --cron, such as Europe/Berlin (default: UTC)")
    .option("--anchor <time>", "the time from which --every counts")
    .option("--input <json>", "the input of each start")
    .addOption(
      new Option(
        "--overlap <overlap>",
        "what to do when an earlier start is still running (default: skip)",
      ).choices(overlaps),
    )
    .option("--catch-up <duration>", "how late a missed start may still happen (default: 1d)")
    .option("--jitter <duration>", "delay each start by a random part of this")
    .option("--paused-at <time>", 'start nothing from then on until resumed; "now" for immediately')
    .option("--ends-at <time>", 'start nothing after this time; "never" to remove it');
}

/** @throws CliError */
export function readSettings(options: SettingOptions): Partial<ScheduleSettings> {
  const { workflow, cron, timeZone, anchor, overlap, input, pausedAt, endsAt } = options;
  const all = {
    workflow,
    cron,
    timeZone,
    anchor,
    overlap,
    every: durationOf("--every", options.every),
    catchUp: durationOf("--catch-up", options.catchUp),
    jitter: durationOf("--jitter", options.jitter),
    input: input === undefined ? undefined : parseJsonArgument("--input", input),
    pausedAt: pausedAt === "now" ? new Date() : pausedAt,
    endsAt: endsAt === "never" ? null : endsAt,
  };
  // Missing options change nothing.
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  ) as Partial<ScheduleSettings>;
}

function durationOf(option: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : text === "0" ? 0 : readDuration(text, option);
}
