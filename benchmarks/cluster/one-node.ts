import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findPostgres } from "../control-plane/postgres.ts";
import { describeMachine } from "../measure/machine.ts";
import { findDbos } from "../peers/engines/dbos.ts";
import { findFlawless } from "../peers/engines/flawless.ts";
import { findFlawlessOnPostgres } from "../peers/engines/flawless-postgres.ts";
import { installPeers } from "../peers/install.ts";
import { fullPlan, type Plan, quickPlan } from "../peers/plan.ts";
import { writeThroughput } from "../peers/plot/write-plots.ts";
import type { Results } from "../peers/results.ts";
import { EngineFigures, runRounds } from "../peers/rounds.ts";
import { runBenchmark } from "../run-benchmark.ts";
import { openSite } from "../site.ts";
import { formatOneNode, formatOneNodeTables } from "./one-node-report.ts";

const usage = `Usage: npm run bench:cluster -- [--quick | --render] [--rounds N] [--dir DIRECTORY]

  --quick    a minute, rougher figures, and no file is written
  --render   measure nothing; write page and plot anew from the results of the last run
  --rounds   how many rounds to measure (default: ${fullPlan.rounds}, with --quick ${quickPlan.rounds})
  --dir      where databases keep their files (default: the system's temporary directory)`;

const docs = new URL("../../docs/", import.meta.url);
const documentFile = fileURLToPath(new URL("benchmarks-postgresql.md", docs));
const resultsFile = fileURLToPath(new URL("benchmarks-postgresql.json", docs));
const plotFile = fileURLToPath(new URL("plots/postgresql.svg", docs));
const formatter = fileURLToPath(new URL("../../node_modules/.bin/oxfmt", import.meta.url));
const maxRounds = 50;

interface Options {
  readonly mode: "measure" | "quick" | "render";
  readonly plan: Plan;
  readonly directory: string;
}

function parseOptions(commandLine: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...commandLine],
    options: {
      quick: { type: "boolean", default: false },
      render: { type: "boolean", default: false },
      rounds: { type: "string" },
      dir: { type: "string", default: tmpdir() },
    },
  });
  if (values.quick && values.render) {
    throw new Error("--quick and --render are different runs: give one of them");
  }
  const plan = values.quick ? quickPlan : fullPlan;
  const rounds = values.rounds === undefined ? plan.rounds : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > maxRounds) {
    throw new Error(`--rounds takes a whole number from 1 to ${maxRounds}, not ${values.rounds}`);
  }
  return {
    mode: values.render ? "render" : values.quick ? "quick" : "measure",
    plan: { ...plan, rounds },
    directory: values.dir,
  };
}

async function measure({ plan, directory }: Options): Promise<Results> {
  setTimeout(() => {
    console.error(`the benchmark was not done after ${plan.maxMs / 60_000} minutes`);
    process.exit(1);
  }, plan.maxMs).unref();
  const found = [findFlawlessOnPostgres(findPostgres()), findFlawless(), findDbos()];
  const figures = found.map((one) => {
    if ("missing" in one) {
      throw new Error(`${one.name} can't be measured: ${one.missing}`);
    }
    return new EngineFigures(one.engine);
  });
  await using site = await openSite();
  await runRounds(figures, plan, { directory, siteUrl: site.url, say });
  return {
    date: new Date().toISOString(),
    plan,
    machine: describeMachine(directory),
    engines: figures.map((one) => ({ ...one.result(), disk: [] })),
    missing: [],
    otherLoad: figures.flatMap(({ otherLoad }) => otherLoad),
  };
}

async function main(options: Options): Promise<void> {
  installPeers();
  const results =
    options.mode === "render"
      ? (JSON.parse(readFileSync(resultsFile, "utf8")) as Results)
      : await measure(options);
  console.log(`\n${formatOneNodeTables(results)}`);
  if (options.mode !== "quick") {
    mkdirSync(new URL("plots/", docs), { recursive: true });
    writeFileSync(resultsFile, `${JSON.stringify(results, undefined, 2)}\n`);
    writeFileSync(documentFile, formatOneNode(results));
    await writeThroughput(results, plotFile);
    execFileSync(process.execPath, [formatter, documentFile, resultsFile], { stdio: "ignore" });
    console.log("\nWritten to docs/benchmarks-postgresql.md, with its results and plot.");
  }
  if (results.engines.some(({ failures }) => failures.length > 0)) {
    process.exitCode = 1;
  }
}

function say(what: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${what}`);
}

await runBenchmark({ usage, parseOptions, main });
