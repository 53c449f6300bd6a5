import { resolve } from "node:path";
import {
  type Console,
  loggerOf,
  type ServiceCommandOptions,
  StopSignals,
  wholeNumber,
  withLogOptions,
  withParentOption,
} from "@flawless-ts/http-service";
import type { JobWorkflow } from "@flawless-ts/sdk";
import { type Command, InvalidArgumentError } from "commander";

interface WorkerCommandOptions extends Pick<
  ServiceCommandOptions,
  "logLevel" | "logFormat" | "withParent"
> {
  readonly concurrency: number;
  readonly idleDelay?: number;
  readonly errorDelay?: number;
  readonly module?: readonly string[];
  readonly workflow?: JobWorkflow;
  readonly json?: boolean;
}

/** `control-plane worker` */
export function addWorker(program: Command, console: Console): void {
  const command = program
    .command("worker")
    .description(
      "claim and run jobs: $CONTROL_PLANE_TICKET (required: the control plane's URL), $CONTROL_PLANE_TOKEN, $FLAWLESS_URL, $FLAWLESS_TOKEN, $WORKER_ID, $WORKER_TYPE, $WORKER_HEARTBEAT_INTERVAL_SECS",
    )
    .option(
      "--workflow <module:version/workflow>",
      "the workflow that runs jobs, such as orders:1.0.0/checkout; its input is the job's payload (default: the crawler)",
      parseWorkflow,
    )
    .option("--concurrency <number>", "how many jobs to run at a time", wholeNumber(1, 10_000), 1)
    .option(
      "--idle-delay <ms>",
      "how long to wait if there is no job (default: 2000)",
      wholeNumber(1, 3_600_000),
    )
    .option(
      "--error-delay <ms>",
      "how long to wait after an error (default: 5000)",
      wholeNumber(1, 3_600_000),
    )
    .option(
      "--module <file>",
      "a module to deploy first; repeatable",
      (file: string, files: readonly string[] | undefined) => [...(files ?? []), resolve(file)],
    );
  withLogOptions(withParentOption(command))
    .option("--json", 'report readiness as {"worker", "concurrency", "pid"}')
    .action((options: WorkerCommandOptions) => work(options, console));
}

async function work(options: WorkerCommandOptions, console: Console): Promise<void> {
  using signals = new StopSignals({ inputEndStops: options.withParent });
  const logger = loggerOf(options);
  // Only now, so that other commands don't load the client.
  const { workerFromEnvironment } = await import("@flawless-ts/sdk");
  const {
    concurrency,
    idleDelay: idleDelayMs,
    errorDelay: errorDelayMs,
    module: modules,
    workflow: toStart,
  } = options;
  const worker = workerFromEnvironment(console.env, {
    concurrency,
    idleDelayMs,
    errorDelayMs,
    modules,
    toStart,
    logger,
  });
  void signals.first.then((signal) => {
    logger.info({ signal }, "finishing jobs under way");
    return worker.close();
  });
  console.print(
    options.json === true
      ? JSON.stringify({ worker: worker.id, concurrency, pid: process.pid })
      : `worker ${worker.id} runs up to ${concurrency} jobs at a time`,
  );
  await worker.run();
}

function parseWorkflow(text: string): JobWorkflow {
  const [, module, version, workflow] = /^(.+):([^:/]+)\/(.+)$/.exec(text) ?? [];
  if (module === undefined || version === undefined || workflow === undefined) {
    throw new InvalidArgumentError(
      "Expected MODULE:VERSION/WORKFLOW, such as orders:1.0.0/checkout.",
    );
  }
  return { module, version, workflow };
}
