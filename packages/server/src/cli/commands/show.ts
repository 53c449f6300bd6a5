import type { WorkflowDetails, WorkflowRestart } from "@flawless-ts/sdk";
import type { Command } from "commander";
import { type Console, printable, shorten } from "@flawless-ts/http-service/program";
import { type ClientOptions, connect, withClientOptions } from "../client.ts";
import { journalTable } from "../../history-text/journal-table.ts";
import { toJsonText } from "../json-argument.ts";
import { labelsText } from "../label-argument.ts";
import { type KeyOption, withKeyOption, workflowOf } from "../workflow-argument.ts";
import { describeState } from "../workflow-text.ts";

interface ShowOptions extends ClientOptions, KeyOption {
  readonly all?: boolean;
}

/** `flawless show ID` */
export function addShow(program: Command, console: Console): void {
  const command = program
    .command("show")
    .description("show a workflow and its journal")
    .argument("[id]", "the workflow's id")
    .option("--all", "all steps, even of a long journal, whose middle is omitted by default");
  withClientOptions(withKeyOption(command)).action(async (id: string, options: ShowOptions) => {
    const named = workflowOf(command, id, options);
    await using flawless = await connect(options, console);
    const workflow = flawless.workflow(named);
    const info = await workflow.info();
    if (options.json === true) {
      const journal = await workflow.journal();
      console.print(toJsonText({ ...info, input: journal.input, steps: journal.steps }));
      return;
    }
    const history = await workflow.history();
    for (const [name, value] of fieldsOf(info, history.input)) {
      console.print(`${name.padEnd(9)} ${printable(value)}`);
    }
    console.print("");
    const { all } = options;
    for (const line of journalTable(history.steps, Date.parse(info.createdAt), { all })) {
      console.print(line);
    }
  });
}

function fieldsOf(info: WorkflowDetails, input: string): [string, string][] {
  const fields: [string, string | null][] = [
    ["id", info.id],
    ["module", `${info.module}:${info.version}`],
    ["workflow", info.workflow],
    ["status", [info.status, describeState(info)].filter((part) => part !== "").join(", ")],
    ["created", info.createdAt],
    ["ended", info.endedAt],
    ["parent", info.parent],
    ["key", info.idempotencyKey],
    ["labels", labelsText(info.labels) || null],
    ["from", info.restartedFrom === null ? null : describeRestart(info.restartedFrom)],
    ["again", info.restarts.map(describeRestart).join(", ") || null],
    ["input", shorten(input, 200)],
    ["response", info.response === null ? null : shorten(info.response, 200)],
  ];
  return fields.filter((field): field is [string, string] => field[1] !== null);
}

/** The other workflow, and what it was restarted with. */
function describeRestart({ id, fromStep }: WorkflowRestart): string {
  return fromStep === null ? `${id} (restart)` : `${id} (fork from step ${fromStep})`;
}
