import { resolve } from "node:path";
import { type Console, CliError, printable } from "@flawless-ts/http-service/program";
import type { Command } from "commander";
import type { CheckReport } from "../../maintenance/check-directory.ts";
import { readKey } from "../secrets.ts";

interface CheckOptions {
  readonly journal?: string;
  readonly journalSchema?: string;
  readonly repair?: boolean;
  readonly secretsKeyFile?: string;
  readonly json?: boolean;
}

/** `flawless check DIR`, `flawless check --journal URL` */
export function addCheck(program: Command, console: Console): void {
  program
    .command("check")
    .description(
      "check the journal of a stopped server, and say what can be repaired; or a PostgreSQL database, whether servers are running or not",
    )
    .argument("[dir]", "the server's working directory")
    .option("--journal <url>", "check this instead: postgres://USER@HOST/DB")
    .option("--journal-schema <name>", "the schema of the tables (default: flawless)")
    .option("--repair", "repair what can be repaired without loss, after making a copy")
    .option(
      "--secrets-key-file <file>",
      "the key given to `up` (default: secrets.key in the directory)",
    )
    .option("--json", "print one JSON value and nothing else")
    .action((directory: string | undefined, options: CheckOptions) =>
      check(directory, options, console),
    );
}

async function check(
  directory: string | undefined,
  options: CheckOptions,
  console: Console,
): Promise<void> {
  if ((directory === undefined) === (options.journal === undefined)) {
    throw new CliError("Expected either a working directory or --journal URL.", { exitCode: 2 });
  }
  if (options.journal !== undefined && options.repair === true) {
    throw new CliError("--repair is for directories. Restore a backup of the database instead.", {
      exitCode: 2,
    });
  }
  const secretsKey =
    options.secretsKeyFile === undefined ? undefined : await readKey(options.secretsKeyFile);
  const report =
    options.journal === undefined
      ? await checkedDirectory(directory ?? "", { repair: options.repair, secretsKey })
      : await checkedDatabase(options.journal, { schema: options.journalSchema, secretsKey });
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

async function checkedDirectory(
  directory: string,
  options: { readonly repair: boolean | undefined; readonly secretsKey: Uint8Array | undefined },
): Promise<CheckReport> {
  const { checkDirectory } = await import("../../maintenance/check-directory.ts");
  return checkDirectory(resolve(directory), options);
}

async function checkedDatabase(
  url: string,
  options: { readonly schema: string | undefined; readonly secretsKey: Uint8Array | undefined },
): Promise<CheckReport> {
  const { checkPostgres } = await import("../../maintenance/check-postgres.ts");
  return checkPostgres(url, options);
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
