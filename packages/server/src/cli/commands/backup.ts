import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Console, CliError } from "@flawless-ts/http-service/program";
import type { Command } from "commander";
import { type ClientOptions, readServerAccess, withClientOptions } from "../client.ts";

interface BackupOptions extends ClientOptions {
  readonly workingDir?: string;
}

/** `flawless backup DIR` */
export function addBackup(program: Command, console: Console): void {
  const command = program
    .command("backup")
    .description("copy a server's journal, running or not, to a directory that `up` can use")
    .argument("<dir>", "the target directory; created if missing")
    .option(
      "--working-dir <dir>",
      "back up the directory of a stopped server, instead of a running one",
    );
  withClientOptions(command).action(async (target: string, options: BackupOptions) => {
    if (options.workingDir !== undefined && options.url !== undefined) {
      throw new CliError(
        "--working-dir is for a server that does not run, --url for one that does",
        {
          exitCode: 2,
        },
      );
    }
    const directory = resolve(target);
    const file = await backUp(directory, options, console);
    const bytes = await bytesOf(directory);
    console.print(
      options.json === true
        ? JSON.stringify({ directory, file, bytes })
        : `backed up to ${file} (${bytes} bytes)`,
    );
    if (options.workingDir === undefined) {
      console.warn(
        "note: the key for secrets (secrets.key in the server's working directory) is not included; keep a copy of it, too",
      );
    }
  });
}

/** Of all journals. */
async function bytesOf(directory: string): Promise<number> {
  const { directoriesOf, readDivision } = await import("../../engines/engine-directories.ts");
  const { journalFileName } = await import("../../store/sqlite/sqlite-workflow-store.ts");
  const division = readDivision(directory) ?? { engines: 1, copied: false };
  const sizes = await Promise.all(
    directoriesOf(directory, division).map((each) => stat(join(each, journalFileName))),
  );
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

async function backUp(
  directory: string,
  options: BackupOptions,
  console: Console,
): Promise<string> {
  if (options.workingDir !== undefined) {
    const { backUpDirectory } = await import("../../maintenance/back-up-directory.ts");
    return backUpDirectory(resolve(options.workingDir), directory);
  }
  const { urls, ...access } = await readServerAccess(options, console);
  // Servers without a shared database have a journal each, and a backup contains one of them.
  const [url = ""] = urls.join(",").split(",");
  const { downloadBackup } = await import("../../maintenance/download-backup.ts");
  return downloadBackup({ ...access, url }, directory);
}
