import type { ScheduleDescription, ScheduleOverlap } from "@flawless-ts/sdk";
import { type Command, Option } from "commander";
import { type Console, printable, wholeNumber } from "@flawless-ts/http-service/program";
import { type ClientOptions, connect, withClientOptions } from "../client.ts";
import { descriptionLines, listLines, outcomeText } from "../schedule-text.ts";
import { overlaps, readSettings, type SettingOptions, withSettings } from "../schedule-settings.ts";

/** `flawless schedule ...` */
export function addSchedule(program: Command, console: Console): void {
  const schedule = program.command("schedule").description("start workflows at scheduled times");
  addCreate(schedule, console);
  addListing(schedule, console);
  addDescribe(schedule, console);
  addUpdate(schedule, console);
  addSwitch(schedule, console, "pause", "start nothing until resumed");
  addSwitch(
    schedule,
    console,
    "resume",
    "continue with the next time; times during the pause are skipped",
  );
  addTrigger(schedule, console);
  addBackfill(schedule, console);
  addDelete(schedule, console);
}

function oneOf(schedule: Command, name: string, description: string): Command {
  return schedule.command(name).description(description).argument("<name>", "the schedule's name");
}

function addCreate(schedule: Command, console: Console): void {
  const command = oneOf(
    schedule,
    "create",
    "create a schedule; creating the same one again is harmless",
  );
  command.requiredOption(
    "--workflow <module[:version]/workflow>",
    "the workflow to start; without a version, the latest deployed one each time",
  );
  withClientOptions(withSettings(command)).action(
    async (
      name: string,
      options: ClientOptions & SettingOptions & { readonly workflow: string },
    ) => {
      const settings = readSettings(options);
      await using flawless = await connect(options, console);
      const { workflow } = options;
      tell(await flawless.schedules.create({ ...settings, name, workflow }), options, console);
    },
  );
}

function addUpdate(schedule: Command, console: Console): void {
  const command = oneOf(schedule, "update", "change the given settings; all others stay the same");
  command.option("--workflow <module[:version]/workflow>", "what it starts");
  withClientOptions(withSettings(command)).action(
    async (name: string, options: ClientOptions & SettingOptions) => {
      const settings = readSettings(options);
      await using flawless = await connect(options, console);
      tell(await flawless.schedules.update(name, settings), options, console);
    },
  );
}

function addListing(schedule: Command, console: Console): void {
  const command = schedule
    .command("list")
    .description("list schedules, sorted by name")
    .option(
      "--limit <number>",
      "the max number of schedules, up to 1000",
      wholeNumber(1, 1_000),
      100,
    )
    .option("--cursor <cursor>", "continue where the previous list ended");
  withClientOptions(command).action(
    async (
      options: ClientOptions & { readonly limit: number; readonly cursor?: string | undefined },
    ) => {
      const { limit, cursor } = options;
      await using flawless = await connect(options, console);
      const page = await flawless.schedules.page({ limit, cursor });
      if (options.json === true) {
        console.print(JSON.stringify(page));
        return;
      }
      for (const line of listLines(page.schedules)) {
        console.print(line);
      }
      if (page.cursor !== null) {
        console.print(`There are more: --cursor ${page.cursor}`);
      }
    },
  );
}

function addDescribe(schedule: Command, console: Console): void {
  const command = oneOf(
    schedule,
    "describe",
    "show a schedule, its next times and its latest starts",
  );
  command.option(
    "--times <number>",
    "the number of next times to show, up to 100",
    wholeNumber(0, 100),
    10,
  );
  withClientOptions(command).action(
    async (name: string, options: ClientOptions & { readonly times: number }) => {
      await using flawless = await connect(options, console);
      const { times } = options;
      tell(await flawless.schedules.describe(name, { times }), options, console);
    },
  );
}

function addSwitch(
  schedule: Command,
  console: Console,
  way: "pause" | "resume",
  description: string,
): void {
  withClientOptions(oneOf(schedule, way, description)).action(
    async (name: string, options: ClientOptions) => {
      await using flawless = await connect(options, console);
      tell(await flawless.schedules[way](name), options, console);
    },
  );
}

function addTrigger(schedule: Command, console: Console): void {
  const command = oneOf(schedule, "trigger", "start its workflow now, even while paused");
  command
    .addOption(
      new Option("--overlap <overlap>", "instead of the schedule's own setting").choices(overlaps),
    )
    .option("--idempotency-key <key>", "start only once, however often the command is repeated");
  withClientOptions(command).action(
    async (
      name: string,
      options: ClientOptions & {
        readonly overlap?: ScheduleOverlap | undefined;
        readonly idempotencyKey?: string | undefined;
      },
    ) => {
      const { overlap, idempotencyKey } = options;
      await using flawless = await connect(options, console);
      const start = await flawless.schedules.trigger(name, { overlap, idempotencyKey });
      console.print(options.json === true ? JSON.stringify(start) : printable(outcomeText(start)));
    },
  );
}

function addBackfill(schedule: Command, console: Console): void {
  const command = oneOf(
    schedule,
    "backfill",
    "start the workflow for past times that had no start",
  );
  command
    .requiredOption("--from <time>", "the first time to include, such as 2026-01-02T00:00:00Z")
    .requiredOption("--to <time>", "the last time to include, which must be in the past");
  withClientOptions(command).action(
    async (
      name: string,
      options: ClientOptions & { readonly from: string; readonly to: string },
    ) => {
      const { from, to } = options;
      await using flawless = await connect(options, console);
      const filled = await flawless.schedules.backfill(name, { from, to });
      const { started, startedBefore } = filled;
      console.print(
        options.json === true
          ? JSON.stringify(filled)
          : `started ${started}; ${startedBefore} had already been started`,
      );
    },
  );
}

function addDelete(schedule: Command, console: Console): void {
  const command = oneOf(schedule, "delete", "delete a schedule; workflows it started keep running");
  withClientOptions(command).action(async (name: string, options: ClientOptions) => {
    await using flawless = await connect(options, console);
    await flawless.schedules.delete(name);
    console.print(
      options.json === true ? JSON.stringify({ deleted: name }) : `deleted ${printable(name)}`,
    );
  });
}

function tell(schedule: ScheduleDescription, { json }: ClientOptions, console: Console): void {
  if (json === true) {
    console.print(JSON.stringify(schedule));
    return;
  }
  for (const line of descriptionLines(schedule)) {
    console.print(line);
  }
}
