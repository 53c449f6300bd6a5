import { type Command, InvalidArgumentError, Option } from "commander";
import { type Console, formatTable, shorten } from "@flawless-ts/http-service/program";
import { type ClientOptions, connect, withClientOptions } from "../client.ts";
import { describeState } from "../workflow-text.ts";

type Status = "running" | "completed" | "failed" | "cancelled";

interface ListOptions extends ClientOptions {
  readonly status?: Status;
  readonly module?: string;
  readonly workflow?: string;
  readonly limit: number;
  readonly cursor?: string;
}

const statuses: readonly Status[] = ["running", "completed", "failed", "cancelled"];

/** `flawless list` */
export function addList(program: Command, console: Console): void {
  const command = program
    .command("list")
    .description("list workflows, newest first")
    .addOption(new Option("--status <status>", "only those in this state").choices(statuses))
    .option("--module <module[:version]>", "only those of this module")
    .option("--workflow <name>", "only those of this name")
    .option("--limit <number>", "how many at most, up to 1000", parseLimit, 100)
    .option("--cursor <cursor>", "go on where the list before ended");
  withClientOptions(command).action(async (options: ListOptions) => {
    const { status, workflow, limit, cursor } = options;
    const [, module, version] = /^(.+?)(?::([^:]+))?$/.exec(options.module ?? "") ?? [];
    await using flawless = await connect(options, console);
    const page = await flawless.listWorkflows({ status, module, version, workflow, limit, cursor });
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

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > 1000) {
    throw new InvalidArgumentError("Expected a whole number from 1 to 1000.");
  }
  return limit;
}
