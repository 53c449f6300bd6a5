import type { Command } from "commander";
import { type Console, printable } from "@flawless-ts/http-service/program";
import { type ClientOptions, connect, withClientOptions } from "../client.ts";
import { type KeyOption, withKeyOption, workflowOf } from "../workflow-argument.ts";
import { parseJsonArgument } from "../json-argument.ts";

interface SendOptions extends ClientOptions, KeyOption {}

/** `flawless send ID TYPE JSON` */
export function addSend(program: Command, console: Console): void {
  const command = program
    .command("send")
    .description("send a message to a workflow")
    .usage("[options] [id] <type> <json>")
    .argument(
      "<words...>",
      "the workflow's id, unless --key names it; the message's type; the message's data",
    );
  withClientOptions(withKeyOption(command)).action(
    async (words: readonly string[], options: SendOptions) => {
      const [type, json] = words.slice(-2);
      const ids = words.slice(0, -2);
      if (type === undefined || json === undefined || ids.length > 1) {
        command.error("error: expected the id of a workflow, or --key, a type and its data");
      }
      const named = workflowOf(command, ids[0], options);
      const data = parseJsonArgument("The message's data", json ?? "");
      await using flawless = await connect(options, console);
      const workflow = flawless.workflow(named);
      await workflow.send(type ?? "", data);
      const { id } = workflow;
      console.print(
        options.json === true
          ? JSON.stringify({ id, type })
          : `sent ${printable(type ?? "")} to ${printable(id)}`,
      );
    },
  );
}
