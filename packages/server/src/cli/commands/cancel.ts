import type { Command } from "commander";
import { type Console, printable } from "@flawless-ts/http-service/program";
import { type ClientOptions, connect, withClientOptions } from "../client.ts";

/** `flawless cancel ID` */
export function addCancel(program: Command, console: Console): void {
  const command = program
    .command("cancel")
    .description("cancel a workflow")
    .argument("<id>", "the workflow's id");
  withClientOptions(command).action(async (id: string, options: ClientOptions) => {
    await using flawless = await connect(options, console);
    const info = await flawless.workflow(id).cancel();
    console.print(
      options.json === true ? JSON.stringify(info) : `${printable(info.id)} is ${info.status}`,
    );
  });
}
