import type { EngineDivision } from "./engine-directories.ts";

/** An engine, as a backup of all of them needs it. */
export interface CopiedEngine {
  hold(isHeld: boolean): void | Promise<void>;
  copyJournal(file: string): Promise<void>;
}

/**
 * Copies the journals of all engines so that they fit each other: nothing goes from engine to engine meanwhile.
 *
 * @param files one for each engine, in their order; none is there yet
 */
export async function copyAll(
  engines: readonly CopiedEngine[],
  files: readonly string[],
): Promise<void> {
  try {
    await Promise.all(engines.map(async (engine) => engine.hold(true)));
    await Promise.all(
      engines.map(async (engine, index) => engine.copyJournal(files[index] as string)),
    );
  } finally {
    await Promise.all(engines.map(async (engine) => engine.hold(false)));
  }
}

/** By this header a backup of several engines tells what it consists of: a {@link BackupContents} as JSON. */
export const backupContentsHeader = "flawless-backup";

/** What a backup of several engines consists of: their journals, one after the other. */
export interface BackupContents extends EngineDivision {
  /** Bytes of each journal, in the order of the engines. */
  readonly bytes: readonly number[];
}
