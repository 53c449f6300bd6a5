import { resolve } from "node:path";
import { type Console, CliError, printable } from "@flawless-ts/http-service/program";
import type { Command } from "commander";
import type { CheckReport } from "../../maintenance/check-directory.ts";
import { readKey } from "../secrets.ts";

interface CheckOptions {
  readonly repair?: boolean;
  readonly secretsKeyFile?: string;
  readonly json?: boolean;
}

/** `flawless check DIR` */
export function addCheck(program: Command, console: Console): void {
  program
    .command("check")
    .description("check the journal of a server that does not run, and say what can be repaired")
    .argument("<dir>", "the server's working directory")
    .option("--repair", "repair what can be without a loss, after a copy")
    .option(
      "--secrets-key-file <file>",
      "the key that `up` was given (default: secrets.key in the directory)",
    )
    .option("--json", "print one JSON value and nothing else")
    .action((directory: string, options: CheckOptions) => check(directory, options, console));
}

async function check(directory: string, options: CheckOptions, console: Console): Promise<void> {
  const secretsKey =
    options.secretsKeyFile === undefined ? undefined : await readKey(options.secretsKeyFile);
  const { checkDirectory } = await import("../../maintenance/check-directory.ts");
  const report = await checkDirectory(resolve(directory), { repair: options.repair, secretsKey });
  if (options.json === true) {
    console.print(JSON.stringify(report));
  } else {
    for (const line of linesOf(report, options.repair === true)) {
      console.print(printable(line));
    }
  }
  if (!report.ok) {
    const faults = report.findings.filter(({ severity }) => severity === "fault").length;
    throw new CliError(`${report.file} has faults (${faults} lines above)`);
  }
}

function linesOf(report: CheckReport, wasToRepair: boolean): readonly string[] {
  const { file, findings, workflows, steps, repaired, copy } = report;
  const canRepair = findings.some(({ repair }) => repair !== null);
  return [
    `${file}: ${workflows} workflows, ${steps} steps`,
    ...(copy === null ? [] : [`repaired: ${repaired.join(", ")}; as it was: ${copy}`]),
    ...findings.map(({ severity, what, repair }) => {
      const remedy = severity === "note" ? "" : remedyOf(repair);
      return `${severity}: ${what}${remedy}`;
    }),
    ...(report.ok ? ["no faults"] : []),
    ...(canRepair && !wasToRepair ? ["run it again with --repair"] : []),
  ];
}

function remedyOf(repair: string | null): string {
  return repair === null
    ? " (can't be repaired without a loss: restore a backup)"
    : ` (can be repaired: ${repair})`;
}
