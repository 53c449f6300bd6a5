import type { Options } from "../options.ts";
import { formatNumber } from "../report/numbers.ts";
import { formatTable } from "../report/table.ts";
import { createScenarios } from "../scenarios.ts";
import type { SelfTime } from "./cpu-profile.ts";
import { takeProfile } from "./take-profile.ts";

const profileMs = 5_000;
const placesShown = 30;

/** Puts a server under load with do-nothing workflows and shows what its threads are doing. */
export async function profileServer({ directory, serverScript }: Options): Promise<string> {
  const [scenario] = createScenarios("http://127.0.0.1/");
  if (scenario === undefined) {
    throw new Error("there is no workflow to profile");
  }
  const profile = await takeProfile({ directory, serverScript, scenario, profileMs });
  return [
    `${formatNumber(profile.startsPerSecond)} starts/s; while profiled ${formatNumber(profile.startsPerSecondProfiled)}`,
    "CPU by thread, percent of one core, not profiled:",
    formatTable(
      [
        { head: "thread", align: "left" },
        { head: "%", align: "right" },
      ],
      profile.threads.map(({ name, percent }) => [name, formatNumber(percent)]),
    ),
    ...profile.groups.flatMap(({ name, count, times }) => [
      `${name} (${count}), self time in percent of all its threads' time:`,
      placesTable(times),
    ]),
  ].join("\n\n");
}

function placesTable(times: readonly SelfTime[]): string {
  const total = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return formatTable(
    [
      { head: "%", align: "right" },
      { head: "function", align: "left" },
    ],
    times
      .slice(0, placesShown)
      .map(({ where, milliseconds }) => [formatNumber((milliseconds * 100) / total), where]),
  );
}
