import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describeMachine } from "../measure/machine.ts";
import { runBenchmark } from "../run-benchmark.ts";
import { openSite } from "../site.ts";
import { measureDisk } from "./disk.ts";
import { findEngines } from "./engines.ts";
import { installPeers } from "./install.ts";
import { type Options, parseOptions, usage } from "./options.ts";
import { writePlots } from "./plot/write-plots.ts";
import { formatDocument, formatTables } from "./report/document.ts";
import type { Cell, DiskUse, EngineResult, Results } from "./results.ts";
import { EngineFigures, runRounds } from "./rounds.ts";
import { measureStarts } from "./starts.ts";
import { explain, type Surroundings } from "./engine-session.ts";
import { workflows } from "./workflows.ts";

const docs = new URL("../../docs/", import.meta.url);
const documentFile = fileURLToPath(new URL("benchmarks.md", docs));
const resultsFile = fileURLToPath(new URL("benchmarks.json", docs));
const formatter = fileURLToPath(new URL("../../node_modules/.bin/oxfmt", import.meta.url));
const plotsDirectory = fileURLToPath(new URL("plots/", docs));

async function measureAll({ plan, directory, engines: wanted }: Options): Promise<Results> {
  setTimeout(() => {
    console.error(`the benchmark was not done after ${plan.maxMs / 60_000} minutes`);
    process.exit(1);
  }, plan.maxMs).unref();
  const found = findEngines(wanted);
  const engines = found.flatMap((one) => ("engine" in one ? [one.engine] : []));
  const missing = found.flatMap((one) => ("missing" in one ? [one] : []));
  for (const { name, missing: reason } of missing) {
    say(`${name} is left out: ${reason}`);
  }
  await using site = await openSite();
  const surroundings: Surroundings = { directory, siteUrl: site.url, say };
  const machine = describeMachine(directory);
  const starts = await measureStarts(engines, plan, surroundings);
  const figures = engines.map((engine) => new EngineFigures(engine));
  await runRounds(figures, plan, surroundings);
  const results: EngineResult[] = [];
  for (const one of figures) {
    say(`disk: ${one.engine.name}`);
    const disk = await diskOf(one, plan, surroundings);
    results.push({ ...one.result(), ...starts.get(one.engine.id), disk });
  }
  return {
    date: new Date().toISOString(),
    plan,
    machine,
    engines: results,
    missing,
    otherLoad: figures.flatMap(({ otherLoad }) => otherLoad),
  };
}

/** The previous results, with new figures for starts. */
async function measureStartsOnly({ plan, directory, engines: wanted }: Options): Promise<Results> {
  const last = JSON.parse(readFileSync(resultsFile, "utf8")) as Results;
  const found = findEngines(wanted).flatMap((one) => ("engine" in one ? [one.engine] : []));
  await using site = await openSite();
  const starts = await measureStarts(found, plan, { directory, siteUrl: site.url, say });
  const engines = last.engines.map((one) => ({ ...one, ...starts.get(one.engine.id) }));
  return { ...last, plan: { ...last.plan, starts: plan.starts }, engines };
}

/** The previous results, with new figures for activities. Engines that are not measured now have none. */
async function measureActivitiesOnly(options: Options): Promise<Results> {
  const last = JSON.parse(readFileSync(resultsFile, "utf8")) as Results;
  const { plan, directory } = options;
  const found = findEngines(options.engines).flatMap((one) =>
    "engine" in one ? [one.engine] : [],
  );
  const figures = found.map((engine) => new EngineFigures(engine));
  await using site = await openSite();
  const kinds = workflows.filter(({ name }) => name === "ten_activities");
  await runRounds(figures, plan, { directory, siteUrl: site.url, say }, kinds);
  const engines = last.engines.map((one) => {
    const now = figures.find(({ engine }) => engine.id === one.engine.id)?.result();
    const isMeasured = ({ workflow }: Cell): boolean => workflow === "ten_activities";
    return {
      ...one,
      cells: [
        ...one.cells.filter((cell) => !isMeasured(cell)),
        ...(now?.cells.filter(isMeasured) ?? []),
      ],
      failures: [...one.failures, ...(now?.failures ?? [])],
    };
  });
  const otherLoad = figures.flatMap((one) => one.otherLoad);
  const activities = { date: new Date().toISOString(), rounds: plan.rounds, otherLoad };
  return { ...last, engines, activities };
}

async function diskOf(
  figures: EngineFigures,
  plan: Options["plan"],
  surroundings: Surroundings,
): Promise<readonly DiskUse[]> {
  try {
    return await measureDisk(figures, plan, surroundings);
  } catch (error) {
    figures.failures.push(`disk: ${explain(error)}`);
    say(`${figures.engine.name} failed: ${explain(error)}`);
    return [];
  }
}

async function main(options: Options): Promise<void> {
  installPeers();
  if (options.mode === "render") {
    await writeDocument(JSON.parse(readFileSync(resultsFile, "utf8")) as Results);
    return;
  }
  const measure = {
    measure: measureAll,
    starts: measureStartsOnly,
    activities: measureActivitiesOnly,
  }[options.mode];
  const results = await measure(options);
  console.log(`\n${formatTables(results)}`);
  if (options.writes) {
    writeFileSync(resultsFile, `${JSON.stringify(results, undefined, 2)}\n`);
    await writeDocument(results);
  }
  // Peers may break down under load, but each must have been measured.
  const broken = results.engines.some(
    ({ engine, failures, readyMs }) =>
      readyMs.length === 0 || (engine.id === "flawless" && failures.length > 0),
  );
  if (broken) {
    process.exitCode = 1;
  }
}

async function writeDocument(results: Results): Promise<void> {
  await writePlots(results, plotsDirectory);
  writeFileSync(documentFile, formatDocument(results));
  // Formatted like all files of the project.
  execFileSync(process.execPath, [formatter, documentFile, resultsFile], { stdio: "ignore" });
  console.log("\nWritten to docs/benchmarks.md, docs/benchmarks.json and docs/plots.");
}

function say(what: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${what}`);
}

await runBenchmark({ usage, parseOptions, main });
