import type { Machine } from "../measure/machine.ts";
import { formatNumber } from "../report/numbers.ts";
import { formatTable } from "../report/table.ts";
import type { ListResult } from "./measure.ts";

/** The figures as a table. */
export function formatLists(results: readonly ListResult[]): string {
  return formatTable(
    [
      { head: "list", align: "left" },
      { head: "page, median", align: "right" },
      { head: "slowest page", align: "right" },
      { head: "pages", align: "right" },
      { head: "found", align: "right" },
      { head: "looked through", align: "left" },
    ],
    results.map(({ what, p50Ms, maxMs, pages, found, searched }) => [
      what,
      `${formatNumber(p50Ms)} ms`,
      `${formatNumber(maxMs)} ms`,
      formatNumber(pages),
      formatNumber(found),
      searched ? "yes" : "no",
    ]),
  );
}

/** The whole document. */
export function formatListsDocument(
  results: readonly ListResult[],
  count: number,
  machine: Machine,
  otherLoad: number,
): string {
  const date = new Date().toISOString().slice(0, 10);
  return `# Lists of ${count.toLocaleString("en-US")} workflows

<!-- Written by \`node benchmarks/lists.ts\`: run it again instead of editing this file. -->

${formatLists(results)}

Measured on ${date}: ${machine.processor}, ${machine.cores} cores, Node.js ${machine.node}, SQLite ${machine.sqlite},
${machine.filesystem}. When it began, other processes kept ${formatNumber(otherLoad)} processes busy or waiting (the load average of
the minute before).

- The target is 50 ms a page. A page has up to 100 workflows, and is requested over HTTP by the TypeScript client; up to 120 pages
  of each list are read.
- \`looked through\`: no index can find the matches, so a page has those among the next 5,000 workflows (or 16 MiB of
  inputs), and reports that in \`searched\`. See [lists](server.md#lists).
- The workflows have ended. Each has two labels, a key, and an input of about 230 characters. Ten failed and belong to a rare module;
  the customer's label is that of 20.
`;
}
