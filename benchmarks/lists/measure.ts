import { setTimeout as pause } from "node:timers/promises";
import { Flawless, type WorkflowFilter } from "@flawless-ts/sdk";
import { startServer } from "@flawless-ts/server";
import { median } from "../report/statistics.ts";
import type { Filled } from "./fill.ts";

/** A list, and how long its pages took. */
export interface ListResult {
  readonly what: string;
  readonly p50Ms: number;
  /** The slowest page. */
  readonly maxMs: number;
  /** The number of pages that were read: all, or the first of them. */
  readonly pages: number;
  readonly found: number;
  /** Whether the server searched through workflows, and said so. */
  readonly searched: boolean;
}

/** The max number of pages that are read of a list. */
const maxPages = 120;

/** Requests lists, page by page, over HTTP. */
export async function measureLists(
  directory: string,
  { firstAt, count }: Filled,
): Promise<readonly ListResult[]> {
  await using server = await startServer({ directory, port: 0 });
  await using flawless = new Flawless({ url: server.url });
  const iso = (number: number): string => new Date(firstAt + number * 1_000).toISOString();
  const middle = Math.floor(count / 2);
  const lists: readonly (readonly [string, WorkflowFilter])[] = [
    ["all", {}],
    ["key", { key: "order-17" }],
    ["key prefix, few", { keyPrefix: "order-1234" }],
    ["key prefix, many", { keyPrefix: "order-1" }],
    ["id prefix", { idPrefix: "wkf_1" }],
    ["status: failed", { status: "failed" }],
    ["status: completed", { status: "completed" }],
    ["label, few", { labels: { customer: "c-17" } }],
    ["label, half of all", { labels: { region: "eu" } }],
    ["label, half of all, and failed", { labels: { region: "us" }, status: "failed" }],
    ["two labels", { labels: { region: "us", customer: "c-17" } }],
    [
      "began within an hour, long ago",
      { createdFrom: iso(middle), createdBefore: iso(middle + 3_600) },
    ],
    [
      "ended within an hour, long ago",
      { endedFrom: iso(middle), endedBefore: iso(middle + 3_600) },
    ],
    ["module, rare", { module: "rare" }],
    ["name prefix, half of all", { namePrefix: "check" }],
    ["name prefix, none", { namePrefix: "nothing" }],
    ["label and module, rare", { labels: { region: "us" }, module: "rare" }],
    ["text in the input, in the oldest", { inputText: "needle" }],
  ];
  const results: ListResult[] = [];
  // The first request is not measured.
  await flawless.listWorkflows({ limit: 1 });
  for (const [what, filter] of lists) {
    results.push(await measureList(flawless, what, filter));
    await pause(10);
  }
  return results;
}

async function measureList(
  flawless: Flawless,
  what: string,
  filter: WorkflowFilter,
): Promise<ListResult> {
  const times: number[] = [];
  let found = 0;
  let searched = false;
  let cursor: string | undefined;
  do {
    const startedAt = performance.now();
    const page = await flawless.listWorkflows({ ...filter, limit: 100, cursor });
    times.push(performance.now() - startedAt);
    found += page.workflows.length;
    searched ||= page.searched !== undefined;
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined && times.length < maxPages);
  return {
    what,
    p50Ms: median(times),
    maxMs: Math.max(...times),
    pages: times.length,
    found,
    searched,
  };
}
