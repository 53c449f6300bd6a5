import { resolve } from "node:path";
import {
  type Console,
  loggerOf,
  printable,
  type ServiceCommandOptions,
  StopSignals,
  wholeNumber,
  withLogOptions,
  withParentOption,
} from "@flawless-ts/http-service/program";
import type { Command } from "commander";
import { type ClientOptions, readServerAccess, withClientOptions } from "../client.ts";
import { readDuration } from "../duration.ts";
import { loadActivities } from "../load-activities.ts";
import { runWatched } from "../run-watched.ts";

interface WorkerOptions
  extends ClientOptions, Pick<ServiceCommandOptions, "logLevel" | "logFormat" | "withParent"> {
  readonly queue: string;
  readonly export?: string;
  readonly concurrency?: number;
  readonly grace?: string;
  readonly watch?: boolean;
}

/** `flawless worker FILE --queue NAME` */
export function addWorker(program: Command, console: Console): void {
  const command = program
    .command("worker")
    .description("run activities for a server's workflows, until stopped")
    .argument("<file>", "a .ts or .js file that exports `activities = defineActivities({ ... })`")
    .requiredOption("--queue <name>", "the queue whose tasks to run")
    .option(
      "--export <name>",
      "the name of the export; default: activities, otherwise the default export",
    )
    .option(
      "--concurrency <number>",
      "the max number of activities to run at a time (default: 10)",
      wholeNumber(1),
    )
    .option(
      "--grace <duration>",
      "how long activities may take to finish when it stops, such as 1m; default: 8s",
    )
    .option("--watch", "restart whenever the file or one of its imports changes");
  withLogOptions(withParentOption(withClientOptions(command))).action(
    async (file: string, options: WorkerOptions) => {
      if (options.watch === true) {
        const args = process.argv.slice(2).filter((argument) => argument !== "--watch");
        await runWatched(args, { inputEndStops: options.withParent });
      } else {
        await work(file, options, console);
      }
    },
  );
}

async function work(file: string, options: WorkerOptions, console: Console): Promise<void> {
  using signals = new StopSignals({ inputEndStops: options.withParent });
  const { urls: url, token, ca } = await readServerAccess(options, console);
  const closeGraceMs =
    options.grace === undefined ? undefined : readDuration(options.grace, "--grace");
  const activities = await loadActivities(resolve(file), options.export);
  const logger = loggerOf(options);
  // Only now, so that other commands don't load it.
  const { ActivityWorker } = await import("@flawless-ts/sdk");
  const { queue, concurrency } = options;
  await using worker = new ActivityWorker({
    url,
    token,
    ca,
    queue,
    activities,
    concurrency,
    closeGraceMs,
    logger,
  });
  const ready = worker.ready().then(() => {
    console.print(
      options.json === true
        ? JSON.stringify({ worker: worker.id, queue, pid: process.pid })
        : `worker ${printable(worker.id)} runs ${Object.keys(activities).map(printable).join(", ")} from the queue ${printable(queue)}`,
    );
  });
  const stopped = signals.first.then((signal) => {
    logger.info({ signal, activities: worker.activeActivities }, "shutting down");
    return worker.close();
  });
  await Promise.race([Promise.all([ready, worker.run()]), stopped]);
}
