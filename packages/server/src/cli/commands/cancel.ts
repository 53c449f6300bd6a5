import type { Flawless } from "@flawless-ts/sdk";
import type { Command } from "commander";
import { type Console, printable } from "@flawless-ts/http-service/program";
import { type ClientOptions, connect, withClientOptions } from "../client.ts";

interface CancelOptions extends ClientOptions {
  readonly tree?: boolean;
  readonly module?: string;
  readonly workflow?: string;
  readonly yes?: boolean;
}

/** `flawless cancel ID`, and `flawless cancel --module M` for many */
export function addCancel(program: Command, console: Console): void {
  const command = program
    .command("cancel")
    .description("cancel a workflow, or all running ones of a module or a name")
    .argument("[id]", "the workflow's id")
    .option("--tree", "with an id: also cancel all that the workflow started, and what they did")
    .option("--module <module[:version]>", "all running workflows of this module")
    .option("--workflow <name>", "all running workflows of this name")
    .option("--yes", "with --module or --workflow: do it; without, they are only counted");
  withClientOptions(command).action(async (id: string | undefined, options: CancelOptions) => {
    const many = options.module !== undefined || options.workflow !== undefined;
    if ((id === undefined) !== many) {
      command.error("error: expected the id of a workflow, or --module or --workflow");
    }
    if (many && options.tree === true) {
      command.error("error: --tree goes with the id of a workflow");
    }
    await using flawless = await connect(options, console);
    if (id === undefined) {
      await cancelMany(flawless, options, console);
      return;
    }
    const info = await flawless.workflow(id).cancel({ tree: options.tree });
    console.print(
      options.json === true ? JSON.stringify(info) : `${printable(info.id)} is ${info.status}`,
    );
  });
}

async function cancelMany(
  flawless: Flawless,
  options: CancelOptions,
  console: Console,
): Promise<void> {
  const [, module, version] = /^(.+?)(?::([^:]+))?$/.exec(options.module ?? "") ?? [];
  const dryRun = options.yes !== true;
  const count = await flawless.cancelWorkflows({
    module,
    version,
    workflow: options.workflow,
    dryRun,
  });
  if (options.json === true) {
    console.print(JSON.stringify({ count, cancelled: !dryRun }));
  } else if (dryRun) {
    console.print(`${count} running workflows match; add --yes to cancel them`);
  } else {
    console.print(`cancelled ${count} workflows`);
  }
}
