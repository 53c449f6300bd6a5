import type { JournalStep, WorkflowDetails, WorkflowRestart } from "@flawless-ts/sdk";
import type { Command } from "commander";
import { type Console, formatTable, printable, shorten } from "@flawless-ts/http-service/program";
import { type ClientOptions, connect, withClientOptions } from "../client.ts";
import { toJsonText } from "../json-argument.ts";
import { labelsText } from "../label-argument.ts";
import { describeState } from "../workflow-text.ts";

const maxCellLength = 60;

/** `flawless show ID` */
export function addShow(program: Command, console: Console): void {
  const command = program
    .command("show")
    .description("show a workflow and its journal")
    .argument("<id>", "the workflow's id");
  withClientOptions(command).action(async (id: string, options: ClientOptions) => {
    await using flawless = await connect(options, console);
    const workflow = flawless.workflow(id);
    const info = await workflow.info();
    const journal = await workflow.journal();
    if (options.json === true) {
      console.print(toJsonText({ ...info, input: journal.input, steps: journal.steps }));
      return;
    }
    for (const [name, value] of fieldsOf(info, journal.input)) {
      console.print(`${name.padEnd(9)} ${printable(value)}`);
    }
    console.print("");
    for (const line of formatTable(
      ["STEP", "AT", "TOOK", "CALL", "ANSWER"],
      journal.steps.map(rowOf),
    )) {
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

/** The other workflow, and what it was started again with. */
function describeRestart({ id, fromStep }: WorkflowRestart): string {
  return fromStep === null ? `${id} (restart)` : `${id} (fork from step ${fromStep})`;
}

function rowOf({ step, at, answeredAt, call, answer }: JournalStep): string[] {
  return [
    String(step),
    at,
    answeredAt === null ? "" : `${Date.parse(answeredAt) - Date.parse(at)} ms`,
    shorten(toJsonText(call), maxCellLength),
    answeredAt === null ? "(waiting)" : shorten(toJsonText(answer), maxCellLength),
  ];
}
