import type { Command } from "commander";
import { type Console, printable } from "@flawless-ts/http-service/program";
import { type ClientOptions, connect, withClientOptions } from "../client.ts";
import { parseJsonArgument } from "../json-argument.ts";

/** `flawless send ID TYPE JSON` */
export function addSend(program: Command, console: Console): void {
  const command = program
    .command("send")
    .description("send a message to a workflow")
    .argument("<id>", "the workflow's id")
    .argument("<type>", "the message's type")
    .argument("<json>", "the message's data");
  withClientOptions(command).action(
    async (id: string, type: string, json: string, options: ClientOptions) => {
      const data = parseJsonArgument("The message's data", json);
      await using flawless = await connect(options, console);
      await flawless.workflow(id).send(type, data);
      console.print(
        options.json === true
          ? JSON.stringify({ id, type })
          : `sent ${printable(type)} to ${printable(id)}`,
      );
    },
  );
}
