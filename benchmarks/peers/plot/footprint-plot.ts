import { barX, plot } from "@observablehq/plot";
import { formatNumber } from "../../report/numbers.ts";
import { spreadOf } from "../report/figures.ts";
import type { EngineResult, Results } from "../results.ts";
import { labelMark, marginLeft, panelLooks, plotWidth, titleMark } from "./panel-parts.ts";
import type { Panel } from "./picture.ts";
import { colourOf, engineLooks } from "./theme.ts";

interface Measure {
  readonly title: string;
  /** The values of all rounds, in the displayed unit. */
  readonly values: (engine: EngineResult) => readonly number[];
}

const measures: readonly Measure[] = [
  { title: "Ready, ms", values: ({ readyMs }) => readyMs },
  { title: "First response, ms", values: ({ firstResponseMs }) => firstResponseMs },
  {
    title: "Resident memory idle, MiB",
    values: ({ idleMemory }) => idleMemory.map(({ resident }) => resident / 2 ** 20),
  },
  {
    title: "Bytes on disk for a workflow of 10 steps",
    values: ({ disk }) =>
      disk
        .filter(({ workflow }) => workflow === "ten_steps")
        .map(({ bytesPerWorkflow }) => bytesPerWorkflow),
  },
];

const [rowHeight, marginTop] = [22, 30];

/** For each measure, a bar for each engine that has a value. */
export function footprintPanels(results: Results): readonly Panel[] {
  return measures.map(({ title, values }) => {
    const bars = results.engines.flatMap((result) => {
      const spread = spreadOf(values(result));
      const { label } = engineLooks[result.engine.id];
      return spread === undefined
        ? []
        : [
            {
              engine: label,
              colour: colourOf(result.engine.id),
              value: spread.median,
              label: formatNumber(spread.median),
            },
          ];
    });
    const height = bars.length * rowHeight + marginTop + 8;
    return {
      height,
      drawing: (document) =>
        plot({
          ...panelLooks,
          document,
          width: plotWidth,
          height,
          marginTop,
          marginBottom: 8,
          marginLeft,
          marginRight: 80,
          x: { axis: null, domain: [0, Math.max(1, ...bars.map(({ value }) => value))] },
          y: { domain: bars.map(({ engine }) => engine), label: null, tickSize: 0, padding: 0.3 },
          marks: [
            barX(bars, { y: "engine", x: "value", fill: "colour", rx: 2 }),
            labelMark(bars, { y: "engine", x: "value", dx: 6 }),
            titleMark(title, marginTop),
          ],
          ariaLabel: title,
        }),
    };
  });
}
