import { chmodSync } from "node:fs";
import { join } from "node:path";
import { bytesIn } from "../../server/fresh-directory.ts";
import { PostgresCluster } from "../../control-plane/postgres.ts";
import type { FoundEngine, RunningEngine, StartOptions } from "../engine.ts";
import { findDbos } from "./dbos.ts";
import { findFlawless, startFlawless } from "./flawless.ts";

/** This project's engine as one node on PostgreSQL, with the same programs and settings as for DBOS. */
export function findFlawlessOnPostgres(programs: string | undefined): FoundEngine {
  const id = "flawless-postgres";
  const name = "Flawless for TypeScript on PostgreSQL";
  const [own, dbos] = [findFlawless(), findDbos()];
  if (programs === undefined || !("engine" in own) || !("engine" in dbos)) {
    return { id, name, missing: "PostgreSQL is not installed (apt-get install postgresql)" };
  }
  const [, postgres = ""] = /(PostgreSQL .*)/.exec(dbos.engine.versions) ?? [];
  return {
    engine: {
      ...own.engine,
      id,
      name,
      versions: `${own.engine.versions.replace(/, SQLite.*/, "")}, ${postgres}`,
      durability: "PostgreSQL with fsync and synchronous_commit (default)",
      ready: "PostgreSQL accepts connections, and `GET /health` is answered",
      processes: `PostgreSQL with all of its processes, ${own.engine.processes}`,
      start: (options) => startOnPostgres(programs, options),
    },
  };
}

async function startOnPostgres(programs: string, options: StartOptions): Promise<RunningEngine> {
  const { directory } = options;
  // PostgreSQL runs as another user, who needs access to a directory in this one.
  chmodSync(directory, 0o711);
  await using cleanUp = new AsyncDisposableStack();
  const cluster = cleanUp.use(await PostgresCluster.start(programs, directory));
  const url = `postgres://postgres@127.0.0.1:${cluster.port}/postgres`;
  const server = cleanUp.use(
    await startFlawless(options, ["--journal", url, "--node-id", "bench"], () =>
      bytesIn(join(cluster.dataDirectory, "base")),
    ),
  );
  const owned = cleanUp.move();
  return {
    ...server,
    // Excludes the time for creating the cluster's files.
    startedAt: server.startedAt - cluster.readyMs,
    readyMs: server.readyMs + cluster.readyMs,
    processes: [cluster.pid, ...server.processes],
    async stop() {
      await server.stop();
      await cluster.stop();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
