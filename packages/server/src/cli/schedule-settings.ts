import type { ScheduleOverlap, ScheduleSettings } from "@flawless-ts/sdk";
import { type Command, Option } from "commander";
import { readDuration } from "./duration.ts";
import { parseJsonArgument } from "./json-argument.ts";

/** What a schedule can be given on the command line. */
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

/** What may become of a time at which an earlier start still runs. */
export const overlaps: readonly ScheduleOverlap[] = ["skip", "bufferOne", "allow", "cancelOther"];

/** Gives `command` the options of what a schedule is, but for its workflow. */
export function withSettings(command: Command): Command {
  return command
    .option("--cron <expression>", 'when it starts, such as "0 9 * * mon-fri"')
    .option("--every <duration>", "the span between two starts, such as 15m, in place of --cron")
    .option("--time-zone <name>", "of --cron, such as Europe/Berlin (default: UTC)")
    .option("--anchor <time>", "a time from which the spans of --every are counted")
    .option("--input <json>", "the input of each start")
    .addOption(
      new Option(
        "--overlap <overlap>",
        "what becomes of a time at which an earlier start still runs (default: skip)",
      ).choices(overlaps),
    )
    .option("--catch-up <duration>", "how late a missed time may still be started (default: 1d)")
    .option("--jitter <duration>", "put each start off by a part of that")
    .option("--paused-at <time>", "start nothing from then on, until it is resumed; now: at once")
    .option("--ends-at <time>", "start nothing any more after that; never: go on");
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
  // What is not given is not to change.
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  ) as Partial<ScheduleSettings>;
}

function durationOf(option: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : text === "0" ? 0 : readDuration(text, option);
}
