import { coresText, machineTable } from "../../report/machine-report.ts";
import { formatMebibytes, formatNumber } from "../../report/numbers.ts";
import { formatTable } from "../../report/table.ts";
import type { EngineResult, Results } from "../results.ts";
import { callerCounts, workflows } from "../workflows.ts";
import { cellOf, type CellSpread, type Spread, spreadOf } from "./figures.ts";
import { targetsOf } from "./targets.ts";

const nothing = "–";

export function targetTable(results: Results): string {
  return formatTable(
    [
      { head: "ratio", align: "left" },
      { head: "target", align: "right" },
      { head: "measured", align: "right" },
      { head: "", align: "left" },
    ],
    targetsOf(results).map(({ what, bound, ratio, measured, met }) => [
      what,
      `${bound === "least" ? "≥" : "≤"} ${ratio}`,
      measured === undefined ? nothing : formatNumber(measured),
      met === undefined ? "not measured" : met ? "met" : "**not met**",
    ]),
  );
}

export function throughputTable(results: Results): string {
  return cellTable(results, ({ perSecond }) =>
    perSecond.most === 0 ? "0" : formatSpread(perSecond),
  );
}

export function latencyTable(results: Results): string {
  return cellTable(
    results,
    ({ p50Ms, p99Ms, cut }) =>
      `${cut ? "≥ " : ""}${formatNumber(p50Ms.median)} / ${formatNumber(p99Ms.median)}`,
  );
}

/** A row for each kind of workflow and number of callers, a column for each engine. */
function cellTable(results: Results, format: (cell: CellSpread) => string): string {
  return formatTable(
    [
      { head: "workflow", align: "left" },
      { head: "callers", align: "right" },
      ...results.engines.map(({ engine }) => ({ head: engine.name, align: "right" as const })),
    ],
    workflows.flatMap(({ name, title }) =>
      callerCounts.map((callers) => [
        title,
        String(callers),
        ...results.engines.map((engine) => {
          const cell = cellOf(engine, name, callers);
          return cell === undefined ? nothing : format(cell);
        }),
      ]),
    ),
  );
}

export function footprintTable(results: Results): string {
  const row = (
    what: string,
    values: (engine: EngineResult) => readonly number[],
    format: (value: number) => string = formatNumber,
  ): readonly string[] => [
    what,
    ...results.engines.map((engine) => {
      const spread = spreadOf(values(engine));
      return spread === undefined ? nothing : formatSpread(spread, format);
    }),
  ];
  return formatTable(
    [
      { head: "what", align: "left" },
      ...results.engines.map(({ engine }) => ({ head: engine.name, align: "right" as const })),
    ],
    [
      row("ready, ms", ({ readyMs }) => readyMs),
      row("first response, ms", ({ firstResponseMs }) => firstResponseMs),
      row(
        "resident memory, idle",
        ({ idleMemory }) => idleMemory.map(({ resident }) => resident),
        formatMebibytes,
      ),
      row(
        "the same, shared memory once",
        ({ idleMemory }) => idleMemory.map(({ proportional }) => proportional),
        formatMebibytes,
      ),
      row(
        "resident memory, after load",
        ({ memoryAfterLoad }) => memoryAfterLoad.map(({ resident }) => resident),
        formatMebibytes,
      ),
      row(
        "the same, shared memory once",
        ({ memoryAfterLoad }) => memoryAfterLoad.map(({ proportional }) => proportional),
        formatMebibytes,
      ),
      ...workflows.map(({ name, title }) =>
        row(`bytes on disk, ${title}`, ({ disk }) =>
          disk.filter(({ workflow }) => workflow === name).map((use) => use.bytesPerWorkflow),
        ),
      ),
    ],
  );
}

/** A description of each engine, as a list. */
export function engineList({ engines }: Results): string {
  return engines
    .map(({ engine: { name, versions, durability, step, callers, ready, processes } }) =>
      [
        `- **${name}**: ${versions}`,
        `  - durable by: ${durability}`,
        `  - a step: ${step}`,
        `  - called by: ${callers}`,
        `  - ready: ${ready}`,
        `  - memory of: ${processes}`,
      ].join("\n"),
    )
    .join("\n");
}

export function peersMachineTable({ machine, otherLoad }: Results): string {
  const node = ["Node.js", `${machine.node}, for this engine, the peers' services and the callers`];
  const load =
    otherLoad.length === 0
      ? "unknown"
      : `at most ${coresText(Math.max(...otherLoad))} while an engine was measured`;
  return machineTable(machine, [node], load);
}

function formatSpread(
  { median, least, most }: Spread,
  format: (value: number) => string = formatNumber,
): string {
  return least === most
    ? format(median)
    : `${format(median)} (${format(least)} to ${format(most)})`;
}
