import type { Command } from "commander";
import { type Console, printable } from "@flawless-ts/http-service/program";
import { type ClientOptions, connect, withClientOptions } from "../client.ts";

/** `flawless deploy FILE` */
export function addDeploy(program: Command, console: Console): void {
  const command = program
    .command("deploy")
    .description("deploy a module")
    .argument("<file>", "the .wasm file");
  withClientOptions(command).action(async (file: string, options: ClientOptions) => {
    await using flawless = await connect(options, console);
    const { name, version } = await flawless.deploy(file);
    console.print(
      options.json === true
        ? JSON.stringify({ name, version })
        : `deployed ${printable(`${name}:${version}`)}`,
    );
  });
}
