import type { Flawless, WorkflowFilter, WorkflowPage } from "@flawless-ts/sdk";
import { type Command, Option } from "commander";
import { type Console, formatTable, shorten, wholeNumber } from "@flawless-ts/http-service/program";
import { type ClientOptions, connect, withClientOptions } from "../client.ts";
import { conditionsOf, type FilterOptions, withFilterOptions } from "../filter-options.ts";
import { type KeyOption, withKeyOption } from "../workflow-argument.ts";
import { describeState } from "../workflow-text.ts";

type Status = "running" | "completed" | "failed" | "cancelled";

interface ListOptions extends ClientOptions, FilterOptions, KeyOption {
  readonly status?: Status;
  readonly limit: number;
  readonly cursor?: string;
}

const statuses: readonly Status[] = ["running", "completed", "failed", "cancelled"];

/** `flawless list` */
export function addList(program: Command, console: Console): void {
  const command = program
    .command("list")
    .description("list workflows, newest first")
    .addOption(new Option("--status <status>", "only workflows in this state").choices(statuses))
    .option(
      "--limit <number>",
      "the max number of workflows, up to 1000",
      wholeNumber(1, 1_000),
      100,
    )
    .option("--cursor <cursor>", "continue where the previous list ended");
  withFilterOptions(withKeyOption(command));
  withClientOptions(command).action(async (options: ListOptions) => {
    const { status, limit, cursor, key } = options;
    await using flawless = await connect(options, console);
    const filter = { ...conditionsOf(options), key, status };
    const page = await wholePage(flawless, filter, limit, cursor);
    if (options.json === true) {
      console.print(JSON.stringify(page));
      return;
    }
    const rows = page.workflows.map((info) => [
      info.id,
      info.status,
      `${info.module}:${info.version}`,
      info.workflow,
      info.createdAt,
      shorten(describeState(info), 80),
    ]);
    for (const line of formatTable(
      ["ID", "STATUS", "MODULE", "WORKFLOW", "CREATED", "DETAIL"],
      rows,
    )) {
      console.print(line);
    }
    if (page.cursor !== null) {
      console.print(`There are more: --cursor ${page.cursor}`);
    }
  });
}

/** Matches may be far down: the server searches only a part of all workflows for each request. */
async function wholePage(
  flawless: Flawless,
  filter: WorkflowFilter,
  limit: number,
  cursor: string | undefined,
): Promise<WorkflowPage> {
  let page = await flawless.listWorkflows({ ...filter, limit, cursor });
  while (page.searched !== undefined && page.cursor !== null && page.workflows.length < limit) {
    const { workflows, searched } = page;
    const left = limit - workflows.length;
    const next = await flawless.listWorkflows({ ...filter, limit: left, cursor: page.cursor });
    page = {
      workflows: [...workflows, ...next.workflows],
      cursor: next.cursor,
      searched: searched + (next.searched ?? 0),
    };
  }
  return page;
}
