import { resolve } from "node:path";
import {
  CliError,
  collect,
  type Console,
  loggerOf,
  parseBind,
  printable,
  type ServiceCommandOptions,
  StopSignals,
  withLogOptions,
  withParentOption,
} from "@flawless-ts/http-service/program";
import type { Flawless } from "@flawless-ts/sdk";
import type { Command } from "commander";
import { type DevNews, newsAsJson, newsInWords } from "../dev/dev-news.ts";
import { WorkerProcess } from "../dev/worker-process.ts";
import { configureGarbageCollection } from "../garbage-collection.ts";
import { buildForCommand } from "../module-build.ts";
import { openInBrowser } from "../dev/open-in-browser.ts";
import { readSecrets } from "../secrets.ts";
import { watchBuild } from "../watch-build.ts";

interface DevOptions extends Pick<ServiceCommandOptions, "logLevel" | "logFormat" | "withParent"> {
  readonly workingDir: string;
  readonly bind: string;
  readonly worker: readonly string[];
  readonly secretsFile?: string;
  readonly open?: boolean;
  readonly json?: boolean;
}

/** `flawless dev FILE...` */
export function addDev(program: Command, console: Console): void {
  const command = program
    .command("dev")
    .description("start a development server that builds and deploys modules on every change")
    .argument("<file...>", "the .ts files whose default exports are defineModule({ ... })")
    .option(
      "--worker <queue=file>",
      "activities to run, such as orders=src/activities.ts, restarted on every change; repeatable",
      collect,
      [],
    )
    .option("--working-dir <dir>", "the data directory; created if missing", "./.flawless")
    .option(
      "--bind <addr:port>",
      "the address to listen on; port 0 picks a free port",
      "127.0.0.1:27288",
    )
    .option(
      "--secrets-file <file>",
      "JSON object of secrets for guests, in addition to $FLAWLESS_SECRET_NAME",
    )
    .option("--open", "open the page of workflows in a browser")
    .option(
      "--json",
      'print events as JSON, one per line: {"event": "ready" | "deployed" | "buildFailed" | "failed", ...}',
    );
  withLogOptions(withParentOption(command)).action(
    (files: readonly string[], options: DevOptions) => dev(files, options, console),
  );
}

async function dev(files: readonly string[], options: DevOptions, console: Console): Promise<void> {
  const { host, port } = parseBind(options.bind);
  const workers = options.worker.map(parseWorker);
  const secrets = await readSecrets(options.secretsFile, console.env);
  using signals = new StopSignals({ inputEndStops: options.withParent });
  configureGarbageCollection();
  // Only now, so that other commands don't load them.
  const [{ startServer }, { Flawless }] = await Promise.all([
    import("../../server.ts"),
    import("@flawless-ts/sdk"),
  ]);
  const news = options.json === true ? newsAsJson(console) : newsInWords(console);
  await using server = await startServer({
    host,
    port,
    directory: resolve(options.workingDir),
    secrets,
    development: true,
    logger: loggerOf(options),
    observers: [news.observer],
  });
  const { url } = server;
  news.ready(url);
  if (options.open === true) {
    openInBrowser(url);
  }
  await using client = new Flawless({ url });
  const stopped = new AbortController();
  await using processes = new AsyncDisposableStack();
  for (const { queue, file } of workers) {
    processes.use(new WorkerProcess(file, queue, url, options.json === true ? ["--json"] : []));
  }
  const builds = files.map((file) =>
    watchBuild(
      file,
      () => buildAndDeploy(file, client, news),
      (error) => news.buildFailed(file, error),
      stopped.signal,
    ),
  );
  const watching = Promise.all(builds);
  try {
    await Promise.race([signals.first, watching]);
  } finally {
    stopped.abort();
    await watching;
  }
}

async function buildAndDeploy(
  file: string,
  client: Flawless,
  news: DevNews,
): Promise<readonly string[]> {
  const since = performance.now();
  const module = await buildForCommand({ entry: file });
  await client.deploy(module.wasm);
  news.deployed(file, module, Math.round(performance.now() - since));
  return module.files;
}

function parseWorker(text: string): { readonly queue: string; readonly file: string } {
  const [, queue, file] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (queue === undefined || file === undefined) {
    throw new CliError(
      `--worker takes a queue and the file of its activities, such as orders=src/activities.ts, but got ${printable(text)}.`,
      { exitCode: 2 },
    );
  }
  return { queue, file };
}
