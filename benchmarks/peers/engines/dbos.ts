import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findPostgres, PostgresCluster } from "../../control-plane/postgres.ts";
import { findFreePort } from "../../server/free-port.ts";
import { bytesIn } from "../../server/fresh-directory.ts";
import { EngineProcess } from "../child-process.ts";
import type { FoundEngine, RunningEngine, StartOptions } from "../engine.ts";
import { HttpCaller } from "../http-caller.ts";
import { installedVersion } from "../install.ts";
import type { Workflow } from "../workflows.ts";

const service = fileURLToPath(new URL("../services/dbos-service.ts", import.meta.url));

/** DBOS, a library that stores its workflows in PostgreSQL. */
export function findDbos(): FoundEngine {
  const programs = findPostgres();
  if (programs === undefined) {
    return {
      id: "dbos",
      name: "DBOS",
      missing: "PostgreSQL is not installed (apt-get install postgresql)",
    };
  }
  const postgres = execFileSync(join(programs, "postgres"), ["--version"], { encoding: "utf8" })
    .trim()
    .replace("postgres (PostgreSQL)", "PostgreSQL");
  return {
    engine: {
      id: "dbos",
      name: "DBOS",
      versions: `@dbos-inc/dbos-sdk ${installedVersion("@dbos-inc/dbos-sdk")}, ${postgres}`,
      durability: "PostgreSQL with fsync and synchronous_commit (default)",
      step: "`DBOS.runStep`: the result is committed to PostgreSQL before the next step begins.",
      callers:
        "HTTP, a `node:http` server in the service's process, which calls the workflow and sends its response",
      ready: "PostgreSQL accepts connections, and `DBOS.launch()` has returned in the service",
      processes: "PostgreSQL with all of its processes, and a Node.js process with the workflows",
      start: (options) => startDbos(programs, options),
    },
  };
}

async function startDbos(programs: string, options: StartOptions): Promise<RunningEngine> {
  const { directory, connections, siteUrl } = options;
  // PostgreSQL runs as another user, who needs access to a directory in this one.
  chmodSync(directory, 0o711);
  await using cleanUp = new AsyncDisposableStack();
  const cluster = cleanUp.use(await PostgresCluster.start(programs, directory));
  // Excludes the time for creating the cluster's files.
  const startedAt = performance.now() - cluster.readyMs;
  const port = await findFreePort();
  const worker = cleanUp.use(
    new EngineProcess({
      program: process.execPath,
      parameters: [
        service,
        `${port}`,
        `postgresql://postgres@127.0.0.1:${cluster.port}/bench_dbos_sys`,
      ],
      directory,
      logFile: join(directory, "service.log"),
    }),
  );
  await worker.firstMessage();
  const readyMs = performance.now() - startedAt;
  const caller = cleanUp.use(new HttpCaller(`http://127.0.0.1:${port}`, connections));
  const owned = cleanUp.move();
  return {
    startedAt,
    readyMs,
    processes: [cluster.pid, worker.pid],
    async call({ name }: Workflow) {
      return await caller.post(`/${name}`, JSON.stringify(siteUrl));
    },
    async stop() {
      await worker.stop();
      await cluster.stop();
    },
    // The databases without the write-ahead log, whose files PostgreSQL reuses.
    bytesOnDisk: () => bytesIn(join(cluster.dataDirectory, "base")),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
