import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { makeDirectory } from "@flawless-ts/sqlite-thread";
import { maxEngines } from "../division-limits.ts";
import { EngineError } from "../errors.ts";
import { journalFileName } from "../store/sqlite/sqlite-workflow-store.ts";

/** The file in a working directory that tells among how many engines its workflows are divided. There is none for one. */
export const enginesFileName = "engines.json";

/** How the workflows of a directory are divided. */
export interface EngineDivision {
  /** Each has the workflows of one partition, and a journal of its own. */
  readonly engines: number;
  /** Whether it was copied from elsewhere: workflows need not be in the partition that their idempotency key names. */
  readonly copied: boolean;
}

const undivided: EngineDivision = { engines: 1, copied: false };
const maxFileBytes = 1_024;

/** Where an engine keeps its journal: the first one in the working directory itself. */
export function directoryOfEngine(directory: string, engine: number): string {
  return engine === 0 ? directory : join(directory, `engine-${engine}`);
}

/** The directories of all engines. */
export function directoriesOf(directory: string, { engines }: EngineDivision): readonly string[] {
  return Array.from({ length: engines }, (_, engine) => directoryOfEngine(directory, engine));
}

/**
 * How a directory is divided that was used before.
 *
 * @returns undefined where there is nothing in it yet
 * @throws EngineError `DIRECTORY_UNUSABLE` where not all journals are there
 */
export function readDivision(directory: string): EngineDivision | undefined {
  const file = join(directory, enginesFileName);
  const hasJournal = existsSync(join(directory, journalFileName));
  if (!existsSync(file)) {
    if (existsSync(directoryOfEngine(directory, 1))) {
      throw unusable(
        `${file} is missing, but there are journals of several engines in ${directory}. Restore it, or a backup.`,
      );
    }
    return hasJournal ? undivided : undefined;
  }
  const division = parseDivision(file);
  // The first journal is made last of all.
  const missing = directoriesOf(directory, division)
    .map((each) => join(each, journalFileName))
    .find((journal) => !existsSync(journal));
  if (hasJournal && missing !== undefined) {
    throw unusable(
      `${directory} is divided among ${division.engines} engines, but ${missing} is missing. Restore it, or a backup.`,
    );
  }
  return division;
}

/**
 * Decides among how many engines the workflows of a directory are divided, which never changes once there are some.
 *
 * @param wanted undefined for as many as there are, and one in a new directory
 * @throws EngineError `INVALID_REQUEST` where the directory is divided in another way, `DIRECTORY_UNUSABLE`
 */
export async function prepareDivision(
  directory: string,
  wanted: number | undefined,
): Promise<EngineDivision> {
  const division = readDivision(directory);
  if (division === undefined) {
    const made = { ...undivided, engines: wanted ?? 1 };
    if (made.engines > 1) {
      await writeDivision(directory, made);
    }
    return made;
  }
  if (wanted !== undefined && wanted !== division.engines) {
    const there =
      division.engines === 1
        ? "are those of 1 engine"
        : `are divided among ${division.engines} engines`;
    throw new EngineError(
      "INVALID_REQUEST",
      `The workflows in ${directory} ${there}, not ${wanted}. Leave the number out, or copy them: flawless journal copy ${directory} NEW_DIRECTORY --engines ${wanted}`,
    );
  }
  return division;
}

/** Makes it durable before anything is kept by it. @throws EngineError `DIRECTORY_UNUSABLE` */
export async function writeDivision(directory: string, division: EngineDivision): Promise<void> {
  const file = join(directory, enginesFileName);
  try {
    makeDirectory(resolve(directory), 0o700);
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(`${file}.partial`, "w", 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(division)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.partial`, file);
    const folder = await open(directory, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    throw unusable(`${file} can't be written: ${(error as Error).message}`, error);
  }
}

function parseDivision(file: string): EngineDivision {
  let read: unknown;
  try {
    const { size } = statSync(file);
    read = size > maxFileBytes ? undefined : JSON.parse(readFileSync(file, "utf8"));
  } catch {
    read = undefined;
  }
  const { engines, copied = false } = (read ?? {}) as Partial<EngineDivision>;
  if (!isNumberOfEngines(engines) || typeof copied !== "boolean") {
    throw unusable(
      `${file} is damaged: expected {"engines": NUMBER} with a number from 1 to ${maxEngines}. Restore it, or a backup.`,
    );
  }
  return { engines, copied };
}

/** Whether so many engines can share a directory. */
export function isNumberOfEngines(engines: unknown): engines is number {
  return Number.isInteger(engines) && (engines as number) >= 1 && (engines as number) <= maxEngines;
}

function unusable(message: string, cause?: unknown): EngineError {
  return new EngineError("DIRECTORY_UNUSABLE", message, { cause });
}
