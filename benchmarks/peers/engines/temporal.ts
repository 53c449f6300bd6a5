import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Connection } from "@temporalio/client";
import { findFreePort } from "../../server/free-port.ts";
import { bytesIn } from "../../server/fresh-directory.ts";
import { EngineProcess } from "../child-process.ts";
import type { Engine, FoundEngine, RunningEngine, StartOptions } from "../engine.ts";
import { installedVersion } from "../install.ts";
import { buildTemporal, cliVersion } from "../temporal-build.ts";
import { toolsDirectory } from "../tools-directory.ts";
import type { Workflow } from "../workflows.ts";

const worker = fileURLToPath(new URL("../services/temporal-worker.ts", import.meta.url));
const bundler = fileURLToPath(new URL("../services/temporal-bundle.ts", import.meta.url));
const taskQueue = "bench";
const connectWithinMs = 1_000;
const bundleWithinMs = 120_000;

/**
 * Temporal's development server with a worker based on its SDK for TypeScript, with a database file or all in memory.
 */
export function findTemporal(): readonly FoundEngine[] {
  const kinds = [
    { id: "temporal", name: "Temporal dev server" },
    { id: "temporal-memory", name: "Temporal dev server, in memory" },
  ] as const;
  let program: string;
  try {
    program = buildTemporal();
  } catch (error) {
    const missing = `its development server can't be built from its Go module: ${(error as Error).message}`;
    return kinds.map((kind) => ({ ...kind, missing }));
  }
  const common = {
    versions:
      `development server of CLI ${cliVersion}, ` +
      `@temporalio/client and @temporalio/worker ${installedVersion("@temporalio/worker")}`,
    step: "An activity with default options: it is scheduled, run by the worker and completed, each of which the server records.",
    callers: "gRPC, `client.workflow.execute` of its own client",
    ready: "the frontend answers its client's first request",
    processes: "the server without its web page, and a Node.js process with the worker",
  };
  const engines: readonly Engine[] = [
    {
      ...common,
      ...kinds[0],
      durability: "SQLite with fsync (`--db-filename`; without that option, nothing is on disk)",
      start: (options) => startTemporal(program, options, join(options.directory, "temporal.db")),
    },
    {
      ...common,
      ...kinds[1],
      durability: "none (its default): everything is lost when it ends",
      start: (options) => startTemporal(program, options, undefined),
    },
  ];
  return engines.map((engine) => ({ engine }));
}

async function startTemporal(
  program: string,
  options: StartOptions,
  databaseFile: string | undefined,
): Promise<RunningEngine> {
  const { directory, siteUrl } = options;
  const { Client, Connection: Connections } = await import("@temporalio/client");
  const bundle = bundleOnce();
  const port = await findFreePort();
  const address = `127.0.0.1:${port}`;
  await using cleanUp = new AsyncDisposableStack();
  const server = cleanUp.use(
    new EngineProcess({
      program,
      parameters: [
        ...["-port", `${port}`],
        ...(databaseFile === undefined ? [] : ["-db-filename", databaseFile]),
      ],
      directory,
      logFile: join(directory, "server.log"),
    }),
  );
  const connect = async (): Promise<Connection | undefined> => {
    try {
      return await Connections.connect({ address, connectTimeout: connectWithinMs });
    } catch {
      return undefined;
    }
  };
  let connection: Connection | undefined;
  await server.untilReady(async () => {
    connection = await connect();
    return connection !== undefined;
  });
  const readyMs = performance.now() - server.startedAt;
  if (connection === undefined) {
    throw new Error("there is no connection to Temporal");
  }
  // Only closed in `stop`: otherwise calls in flight would fail where nobody could catch the errors.
  const toClose = connection;
  // Only started now, because it ends with an error if the server doesn't run yet.
  const running = cleanUp.use(
    new EngineProcess({
      program: process.execPath,
      parameters: [worker, address, bundle],
      directory,
      logFile: join(directory, "worker.log"),
    }),
  );
  await running.firstMessage();
  const client = new Client({ connection });
  const owned = cleanUp.move();
  return {
    startedAt: server.startedAt,
    readyMs,
    processes: [server.pid, running.pid],
    async call({ name }: Workflow) {
      return await client.workflow.execute(name, {
        taskQueue,
        workflowId: randomUUID(),
        args: [siteUrl],
      });
    },
    async stop() {
      await running.stop();
      await toClose.close();
      await server.stop();
    },
    bytesOnDisk: () => (databaseFile === undefined ? undefined : bytesIn(directory)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

let bundled: string | undefined;

/** The workflows, bundled once for each run of the benchmark. */
function bundleOnce(): string {
  if (bundled === undefined) {
    const bundle = join(toolsDirectory, "temporal-workflows.js");
    execFileSync(process.execPath, [bundler, bundle], {
      env: { ...process.env, NODE_ENV: "production" },
      stdio: ["ignore", "ignore", "inherit"],
      timeout: bundleWithinMs,
    });
    bundled = bundle;
  }
  return bundled;
}
