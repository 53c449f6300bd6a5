import { barX, plot, text } from "@observablehq/plot";
import { formatNumber } from "../../report/numbers.ts";
import { spreadOf } from "../report/figures.ts";
import type { EngineResult, Results } from "../results.ts";
import { plotWidth } from "./cells-plot.ts";
import type { Panel } from "./picture.ts";
import { colourOf, engineLooks } from "./theme.ts";

interface Measure {
  readonly title: string;
  /** The values of all rounds, in the unit that is shown. */
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

const [rowHeight, marginTop, marginLeft] = [22, 30, 160];

/** For each measure, a bar for each engine that has it. */
export function footprintPanels(results: Results): readonly Panel[] {
  return measures.map(({ title, values }) => {
    const bars = results.engines.flatMap((result) => {
      const spread = spreadOf(values(result));
      const { label } = engineLooks[result.engine.id];
      return spread === undefined
        ? []
        : [{ engine: label, colour: colourOf(result.engine.id), value: spread.median }];
    });
    const height = bars.length * rowHeight + marginTop + 8;
    return {
      height,
      drawing: (document) =>
        plot({
          document,
          width: plotWidth,
          height,
          marginTop,
          marginBottom: 8,
          marginLeft,
          marginRight: 80,
          x: { axis: null, domain: [0, Math.max(1, ...bars.map(({ value }) => value))] },
          y: { domain: bars.map(({ engine }) => engine), label: null, tickSize: 0, padding: 0.3 },
          color: { type: "identity" },
          marks: [
            barX(bars, { y: "engine", x: "value", fill: "colour", rx: 2 }),
            text(bars, {
              y: "engine",
              x: "value",
              text: ({ value }: { readonly value: number }) => formatNumber(value),
              dx: 6,
              textAnchor: "start",
              fill: "currentColor",
            }),
            text([{}], {
              frameAnchor: "top-left",
              text: () => title,
              dx: -marginLeft,
              dy: -marginTop + 6,
              textAnchor: "start",
              fontWeight: "bold",
              fontSize: 14,
              fill: "currentColor",
            }),
          ],
          style: { color: "inherit", background: "none", overflow: "visible" },
          ariaLabel: title,
        }),
    };
  });
}
