import { type Console, runProgram } from "@flawless-ts/http-service/program";
import { serverVersion } from "../server-version.ts";
import { addBackup } from "./commands/backup.ts";
import { addBuild } from "./commands/build.ts";
import { addCancel, addTerminate } from "./commands/cancel.ts";
import { addCheck } from "./commands/check.ts";
import { addDeploy } from "./commands/deploy.ts";
import { addDev } from "./commands/dev.ts";
import { addInit } from "./commands/init.ts";
import { addJournal } from "./commands/journal.ts";
import { addList } from "./commands/list.ts";
import { addFork, addRestart } from "./commands/restart.ts";
import { addResult } from "./commands/result.ts";
import { addRun } from "./commands/run.ts";
import { addSchedule } from "./commands/schedule.ts";
import { addSend } from "./commands/send.ts";
import { addShow } from "./commands/show.ts";
import { addTypes } from "./commands/types.ts";
import { addUp } from "./commands/up.ts";
import { addWorker } from "./commands/worker.ts";

/**
 * Runs one command.
 *
 * @param args the arguments, without node and the script
 * @returns the exit code: 0 on success, 1 on failure, 2 on wrong usage
 */
export function runCommand(args: readonly string[], console: Console): Promise<number> {
  return runProgram(
    {
      name: "flawless",
      description: "Runs durable WebAssembly workflows, and controls servers that run them.",
      version: serverVersion,
      commands: [
        addInit,
        addDev,
        addUp,
        addDeploy,
        addRun,
        addResult,
        addList,
        addShow,
        addSend,
        addSchedule,
        addCancel,
        addTerminate,
        addRestart,
        addFork,
        addBuild,
        addTypes,
        addWorker,
        addBackup,
        addCheck,
        addJournal,
      ],
      explain,
    },
    args,
    console,
  );
}

/** Errors that can be fixed with an option of the command. By its code, so that the client isn't loaded for it. */
function explain(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return error.code === "FLAWLESS_UNAUTHORIZED"
    ? "The server requires a token that it accepts: pass a file with one as --token-file, or set FLAWLESS_TOKEN."
    : undefined;
}
