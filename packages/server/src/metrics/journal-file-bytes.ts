import { stat } from "node:fs/promises";
import { join } from "node:path";
import { journalFileName } from "../store/sqlite/sqlite-workflow-store.ts";

/** The size of the journal's file and of its write-ahead log, in bytes. */
export async function journalFileBytes(directory: string): Promise<number> {
  const sizes = await Promise.all(
    ["", "-wal"].map((suffix) =>
      stat(join(directory, `${journalFileName}${suffix}`)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
