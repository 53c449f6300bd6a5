import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatNumber } from "../../report/numbers.ts";
import type { Results } from "../results.ts";

/** Writes the plots of a run as SVG files. The packages that draw them must be installed. */
export async function writePlots(results: Results, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  await writeThroughput(results, join(directory, "throughput.svg"));
  const { cellsPanels } = await import("./cells-plot.ts");
  const { footprintPanels } = await import("./footprint-plot.ts");
  const { plotWidth } = await import("./panel-parts.ts");
  const { drawPicture } = await import("./picture.ts");
  const pictures = {
    "latency.svg": {
      title: "Time from call to response, from p50 (dot) to p99 (end of the line)",
      panels: cellsPanels(results, {
        label: "time from call to response, p50 to p99 →",
        range: ({ p50Ms, p99Ms }) => ({ from: p50Ms.median, at: p50Ms.median, to: p99Ms.median }),
        text: ({ p50Ms, cut }) => `${cut ? "≥ " : ""}${formatTime(p50Ms.median, formatNumber)}`,
        formatTick: (value) => formatTime(value, String),
      }),
    },
    "footprint.svg": {
      title: "Time to ready, time to the first response, idle memory, bytes on disk",
      panels: footprintPanels(results),
    },
  };
  for (const [name, { title, panels }] of Object.entries(pictures)) {
    writeFileSync(join(directory, name), drawPicture({ title, width: plotWidth, panels }));
  }
}

/** Writes only the plot of throughput, to any file. */
export async function writeThroughput(results: Results, file: string): Promise<void> {
  const { cellsPanels } = await import("./cells-plot.ts");
  const { plotWidth } = await import("./panel-parts.ts");
  const { drawPicture } = await import("./picture.ts");
  const panels = cellsPanels(results, {
    label: "workflows per second →",
    range: ({ perSecond }) => ({
      from: perSecond.least,
      at: perSecond.median,
      to: perSecond.most,
    }),
    text: ({ perSecond }) => (perSecond.median === 0 ? "0" : formatNumber(perSecond.median)),
    formatTick: (value) => (value >= 1_000 ? `${value / 1_000}k` : String(value)),
  });
  const title = "Workflows per second, median of the rounds, from the slowest to the fastest";
  writeFileSync(file, drawPicture({ title, width: plotWidth, panels }));
}

function formatTime(milliseconds: number, format: (value: number) => string): string {
  return milliseconds >= 1_000 ? `${format(milliseconds / 1_000)} s` : `${format(milliseconds)} ms`;
}
