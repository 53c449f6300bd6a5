import { existsSync } from "node:fs";
import { join } from "node:path";
import { isPostgresUrl } from "@flawless-ts/http-service/postgres";
import { type Console } from "@flawless-ts/http-service/program";
import type { Command } from "commander";
import type { CopyProgress } from "../../maintenance/copy/copy-whole.ts";
import { secretsKeyFileName } from "../../store/make-secrets-key.ts";
import { readKey } from "../secrets.ts";

interface CopyOptions {
  readonly journalSchema?: string;
  readonly partitions?: number;
  readonly engines?: number;
  readonly secretsKeyFile?: string;
  readonly json?: boolean;
}

const progressEveryMs = 1_000;

/** `flawless journal copy FROM TO` */
export function addJournal(program: Command, console: Console): void {
  program
    .command("journal")
    .description("move journals between directories and PostgreSQL")
    .command("copy")
    .description(
      "copy and compare all workflows and modules of stopped servers; run it again to continue an unfinished copy",
    )
    .argument("<from>", "a working directory, or postgres://USER@HOST/DB")
    .argument("<to>", "a new directory, or an empty database")
    .option("--journal-schema <name>", "the schema in PostgreSQL (default: flawless)")
    .option(
      "--partitions <number>",
      "the number of partitions of a new database (default: 32)",
      Number,
    )
    .option(
      "--engines <number>",
      "the number of engines of a new directory (default: 1); required to copy one directory to another",
      Number,
    )
    .option(
      "--secrets-key-file <file>",
      "the key given to `up` (default: secrets.key in the directory, if it exists)",
    )
    .option("--json", "print one JSON value and nothing else")
    .action((from: string, to: string, options: CopyOptions) => copy(from, to, options, console));
}

async function copy(
  from: string,
  to: string,
  options: CopyOptions,
  console: Console,
): Promise<void> {
  const secretsKey =
    options.secretsKeyFile === undefined ? undefined : await readKey(options.secretsKeyFile);
  const { copyJournal } = await import("../../maintenance/copy/copy-journal.ts");
  const copied = await copyJournal(from, to, {
    schema: options.journalSchema,
    partitions: options.partitions,
    engines: options.engines,
    secretsKey,
    ...(options.json === true ? {} : { onProgress: teller(console) }),
  });
  console.print(
    options.json === true
      ? JSON.stringify(copied)
      : `copied ${copied.workflows} workflows and ${copied.modules} modules, and compared them`,
  );
  const keyFile = options.secretsKeyFile ?? join(from, secretsKeyFileName);
  if (isPostgresUrl(to) && existsSync(keyFile)) {
    console.warn(`note: give all nodes the key for secrets: --secrets-key-file ${keyFile}`);
  }
}

function teller(console: Console): (progress: CopyProgress) => void {
  let next = performance.now() + progressEveryMs;
  return ({ step, workflows, of }) => {
    if (performance.now() >= next) {
      next = performance.now() + progressEveryMs;
      console.warn(`${step}: ${workflows} of ${of} workflows`);
    }
  };
}
