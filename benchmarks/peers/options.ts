import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import type { EngineId } from "./engine.ts";
import { fullPlan, type Plan, quickPlan, withRounds } from "./plan.ts";

const engineIds: readonly EngineId[] = [
  "flawless",
  "restate",
  "dbos",
  "temporal",
  "temporal-memory",
  "obelisk",
];

/** The options on the command line. */
export interface Options {
  /**
   * `starts` measures how long engines take to start, and `activities` measures workflows of ten activities; both reuse
   * the rest of the previous results. `render` measures nothing.
   */
  readonly mode: "measure" | "starts" | "activities" | "render";
  /** Whether to write results, page and plots. */
  readonly writes: boolean;
  readonly plan: Plan;
  /** Engines get new directories in this one. Its file system determines the speed of durable writes. */
  readonly directory: string;
  readonly engines: readonly EngineId[];
}

export const usage: string = `Usage: npm run bench:peers -- [--quick [--write] | --starts | --activities | --render] [--rounds N] [--only ENGINES] [--dir DIRECTORY]

  --quick     some minutes, rougher figures, and no file is written
  --write     write the files all the same, with --quick
  --starts    measure starts only; the rest of the page stays as the last run found it
  --activities measure 10 activities only; the rest of the page stays as the last run found it
  --render    measure nothing; write page and plots anew from the results of the last run
  --rounds    how many rounds to measure (default: ${fullPlan.rounds}, with --quick ${quickPlan.rounds})
  --only      engines to measure, separated by commas, of: ${engineIds.join(", ")} (default: all);
              no file is written, but with --activities
  --dir       where engines keep their files (default: the system's temporary directory)`;

/** @throws Error if an option is unknown, contradicts another one, or is out of range */
export function parseOptions(commandLine: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...commandLine],
    options: {
      quick: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      starts: { type: "boolean", default: false },
      activities: { type: "boolean", default: false },
      render: { type: "boolean", default: false },
      rounds: { type: "string" },
      only: { type: "string" },
      dir: { type: "string", default: tmpdir() },
    },
  });
  const { activities, quick, render, starts } = values;
  if ([quick, starts, activities, render].filter(Boolean).length > 1) {
    throw new Error(
      "--quick, --starts, --activities and --render are different runs: give one of them",
    );
  }
  const plan = values.quick ? quickPlan : fullPlan;
  const engines = values.only === undefined ? engineIds : values.only.split(",").map(engineOf);
  return {
    mode: render ? "render" : starts ? "starts" : activities ? "activities" : "measure",
    // For activities, each engine's new figures are added to the existing results.
    writes: (values.only === undefined || activities) && (!quick || values.write),
    plan: values.rounds === undefined ? plan : withRounds(plan, roundsOf(values.rounds)),
    directory: values.dir,
    engines,
  };
}

const maxRounds = 50;

function roundsOf(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > maxRounds) {
    throw new Error(`--rounds takes a whole number from 1 to ${maxRounds}, not ${text}`);
  }
  return rounds;
}

function engineOf(text: string): EngineId {
  const engine = engineIds.find((id) => id === text);
  if (engine === undefined) {
    throw new Error(`--only takes some of ${engineIds.join(", ")}, not ${text}`);
  }
  return engine;
}
