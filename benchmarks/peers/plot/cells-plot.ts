import { dot, link, plot } from "@observablehq/plot";
import type { EngineId } from "../engine.ts";
import { cellOf, type CellSpread } from "../report/figures.ts";
import type { Results } from "../results.ts";
import { callerCounts, workflows } from "../workflows.ts";
import { labelMark, marginLeft, panelLooks, plotWidth, titleMark } from "./panel-parts.ts";
import type { Panel } from "./picture.ts";
import { colourOf, engineLooks } from "./theme.ts";

/** An engine's mark in a plot. */
interface Point {
  readonly engine: string;
  readonly colour: string;
  readonly callers: string;
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly label: string;
}

/** What to show of a cell. */
export interface CellsPlotOptions {
  /** The axis's label. */
  readonly label: string;
  /** The positions of the dot, and of both ends of the line. */
  readonly range: (cell: CellSpread) => {
    readonly from: number;
    readonly at: number;
    readonly to: number;
  };
  /** The text beside the line. */
  readonly text: (cell: CellSpread) => string;
  readonly formatTick: (value: number) => string;
}

const [rowHeight, marginTop, marginBottom] = [19, 44, 36];

/** For each kind of workflow a row of plots, one for each number of callers, all with the same axis. */
export function cellsPanels(results: Results, options: CellsPlotOptions): readonly Panel[] {
  const rows = workflows.map(({ name, title }) => ({
    title,
    points: callerCounts.flatMap((callers) =>
      results.engines.flatMap((engine): readonly Point[] => {
        const cell = cellOf(engine, name, callers);
        return cell === undefined
          ? []
          : [pointOf(engine.engine.id, callers, options.range(cell), options.text(cell))];
      }),
    ),
  }));
  const domain = domainOf(
    rows.flatMap(({ points }) => points.flatMap(({ from, to }) => [from, to])),
  );
  const engines = results.engines.map(({ engine }) => engineLooks[engine.id].label);
  const height = engines.length * rowHeight + marginTop + marginBottom;
  // This axis has no 0: zeros are shown at its end.
  const shown = (value: number): number => Math.max(value, domain[0]);
  const placed = rows.map(({ title, points }) => ({
    title,
    points: points.map((point) => ({
      ...point,
      from: shown(point.from),
      at: shown(point.at),
      to: shown(point.to),
    })),
  }));
  return placed.map(({ title, points }) => ({
    height,
    drawing: (document) =>
      plot({
        ...panelLooks,
        document,
        width: plotWidth,
        height,
        marginTop,
        marginBottom,
        marginLeft,
        marginRight: 12,
        x: {
          type: "log",
          domain,
          label: options.label,
          grid: true,
          ticks: 4,
          tickFormat: options.formatTick,
        },
        y: { domain: engines, label: null, tickSize: 0 },
        fx: { domain: callerCounts.map(callersText), label: null, padding: 0.1 },
        marks: [
          link(points, {
            fx: "callers",
            y: "engine",
            x1: "from",
            x2: "to",
            stroke: "colour",
            strokeWidth: 2,
            strokeOpacity: 0.55,
          }),
          dot(points, { fx: "callers", y: "engine", x: "at", fill: "colour", r: 4.5 }),
          labelMark(points, { fx: "callers", y: "engine", x: "to", dx: 8 }),
          titleMark(title, marginTop, { fx: () => callersText(callerCounts[0] ?? 1) }),
        ],
        ariaLabel: title,
      }),
  }));
}

function pointOf(
  engine: EngineId,
  callers: number,
  { from, at, to }: ReturnType<CellsPlotOptions["range"]>,
  label: string,
): Point {
  return {
    engine: engineLooks[engine].label,
    colour: colourOf(engine),
    callers: callersText(callers),
    from,
    at,
    to,
    label,
  };
}

function callersText(callers: number): string {
  return callers === 1 ? "1 caller" : `${callers} callers`;
}

/** Leaves room for the text beside the last dot. */
function domainOf(values: readonly number[]): readonly [number, number] {
  const positive = values.filter((value) => value > 0);
  const [least, most] = [Math.min(...positive), Math.max(...positive)];
  return [least / 2, most * 20];
}
