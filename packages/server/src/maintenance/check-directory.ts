import { constants, copyFileSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { missingLog, ReadOnlyDatabase, SqliteFailure } from "@flawless-ts/sqlite-thread";
import { directoriesOf, readDivision } from "../engines/engine-directories.ts";
import { EngineError } from "../errors.ts";
import { Seal } from "../store/seal.ts";
import { secretsKeyFileName } from "../store/make-secrets-key.ts";
import { readSecretsKey } from "../store/secrets-key.ts";
import { journalFileName } from "../store/sqlite/sqlite-workflow-store.ts";
import { assertFormat } from "./assert-format.ts";
import { checkFile } from "./check-file.ts";
import { checkJournals, checkOrphans } from "./check-journals.ts";
import { checkModules } from "./check-modules.ts";
import { checkPlaces } from "./check-places.ts";
import { checkSchedules } from "./check-schedules.ts";
import { checkWorkflows } from "./check-workflows.ts";
import { type Finding, Findings, type RepairKind } from "./findings.ts";
import { repair } from "./repair.ts";

/** The result of a check. */
export interface CheckReport {
  /** The journal; for several engines, their directory. */
  readonly file: string;
  /** Whether there are no faults (left). */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** What was repaired before the findings above were collected. */
  readonly repaired: readonly RepairKind[];
  /** The copies of the files before the repair, separated by commas; `null` without a repair. */
  readonly copy: string | null;
  readonly workflows: number;
  readonly steps: number;
}

/** Options of {@link checkDirectory}. */
export interface CheckOptions {
  /** Makes a copy, then repairs what can be repaired without a loss. Default: changes nothing. */
  readonly repair?: boolean | undefined;
  /** The key that encrypts the journals of workflows that read secrets. Default: the key in the directory. */
  readonly secretsKey?: Uint8Array | undefined;
}

const busy = 5;

/**
 * Checks the journals of a directory that no server runs on. Blocks its thread.
 *
 * @throws EngineError `DIRECTORY_IN_USE`, `DIRECTORY_UNUSABLE` if there is no journal, or none of this format
 */
export async function checkDirectory(
  directory: string,
  options: CheckOptions = {},
): Promise<CheckReport> {
  const division = readDivision(directory) ?? { engines: 1, copied: false };
  const key = options.secretsKey ?? (await readSecretsKey(join(directory, secretsKeyFileName)));
  const seal = key === undefined ? undefined : new Seal(key);
  const reports = directoriesOf(directory, division).map((each, engine) =>
    checkJournal(each, {
      engine,
      engines: division.engines,
      seal,
      repair: options.repair === true,
    }),
  );
  const [first] = reports as [CheckReport];
  return reports.length === 1 ? first : together(directory, reports);
}

interface JournalCheckOptions {
  /** The engine whose journal it is. */
  readonly engine: number;
  /** The number of engines that the workflows are divided among. */
  readonly engines: number;
  readonly seal: Seal | undefined;
  readonly repair: boolean;
}

function checkJournal(directory: string, options: JournalCheckOptions): CheckReport {
  const file = join(directory, journalFileName);
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new EngineError("DIRECTORY_UNUSABLE", `There is no journal in ${directory}.`);
  }
  const before = check(file, options);
  const kinds = [...before.findings.repairs];
  if (!options.repair || kinds.length === 0) {
    return report(file, before, [], null);
  }
  const copy = copyOf(file);
  repair(file, before.findings.repairs);
  return report(file, check(file, options), kinds, copy);
}

/** Combines the reports of all engines. */
function together(directory: string, reports: readonly CheckReport[]): CheckReport {
  const copies = reports.flatMap(({ copy }) => (copy === null ? [] : [copy]));
  return {
    file: directory,
    ok: reports.every(({ ok }) => ok),
    findings: reports.flatMap(({ findings }, engine) =>
      findings.map((finding) => ({ ...finding, what: `engine ${engine}: ${finding.what}` })),
    ),
    repaired: [...new Set(reports.flatMap(({ repaired }) => repaired))],
    copy: copies.length === 0 ? null : copies.join(", "),
    workflows: reports.reduce((sum, { workflows }) => sum + workflows, 0),
    steps: reports.reduce((sum, { steps }) => sum + steps, 0),
  };
}

interface Checked {
  readonly findings: Findings;
  readonly workflows: number;
  readonly steps: number;
}

function check(file: string, { engine, engines, seal }: JournalCheckOptions): Checked {
  const findings = new Findings();
  let workflows = 0;
  let steps = 0;
  const lost = missingLog(file);
  if (lost !== undefined) {
    // Without its log, the file may be in any earlier state, or still empty.
    findings.fault("the write-ahead log is missing", `the file is not whole: ${lost}`);
    return { findings, workflows, steps };
  }
  try {
    using readable = new ReadOnlyDatabase(file);
    const open = readable.database;
    assertFormat(open, file);
    attempt(findings, "the file", () => checkFile(open, findings));
    attempt(findings, "the workflows", () => {
      workflows = checkWorkflows(open, findings);
    });
    attempt(findings, "the journals", () => {
      steps = checkJournals(open, seal, findings);
    });
    attempt(findings, "the mailboxes", () => checkOrphans(open, findings));
    attempt(findings, "the schedules", () => checkSchedules(open, findings));
    attempt(findings, "the modules", () => checkModules(open, findings));
    attempt(findings, "the places of workflows", () =>
      checkPlaces(open, { engine, engines }, findings),
    );
  } catch (error) {
    if (error instanceof EngineError) {
      throw error;
    }
    if (codeOf(error) === busy) {
      throw new EngineError(
        "DIRECTORY_IN_USE",
        `A server runs on ${file}. Stop it, or check a backup of it.`,
        { cause: error },
      );
    }
    findings.fault("the file can't be read", `the file can't be read: ${(error as Error).message}`);
  }
  return { findings, workflows, steps };
}

/** If something can't be read, continues with the rest. */
function attempt(findings: Findings, what: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (codeOf(error) === busy) {
      throw error;
    }
    const text = `${what} can't be read to the end: ${(error as Error).message}`;
    findings.fault("something can't be read", text);
  }
}

function codeOf(error: unknown): number {
  return error instanceof SqliteFailure
    ? error.sqliteCode & 0xff
    : Number((error as { readonly errcode?: number }).errcode ?? 0) & 0xff;
}

/** Copies the file together with its write-ahead log. */
function copyOf(file: string): string {
  for (let number = 1; ; number += 1) {
    const copy = `${file}.before-repair-${number}`;
    if (!existsSync(copy)) {
      copyFileSync(file, copy, constants.COPYFILE_EXCL);
      if (existsSync(`${file}-wal`)) {
        copyFileSync(`${file}-wal`, `${copy}-wal`, constants.COPYFILE_EXCL);
      }
      return copy;
    }
  }
}

function report(
  file: string,
  { findings, workflows, steps }: Checked,
  repaired: readonly RepairKind[],
  copy: string | null,
): CheckReport {
  return {
    file,
    ok: findings.faults === 0,
    findings: findings.all(),
    repaired,
    copy,
    workflows,
    steps,
  };
}
