import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findFreePort } from "../../server/free-port.ts";
import { bytesIn } from "../../server/fresh-directory.ts";
import { EngineProcess } from "../child-process.ts";
import type { FoundEngine, RunningEngine, StartOptions } from "../engine.ts";
import { HttpCaller } from "../http-caller.ts";
import {
  buildObeliskComponents,
  findObeliskProgram,
  type ObeliskComponents,
} from "../obelisk-build.ts";
import {
  obeliskDeployment,
  obeliskResponse,
  obeliskServerConfig,
  obeliskSubmission,
} from "../obelisk-config.ts";
import { toolsDirectory } from "../tools-directory.ts";
import { type Workflow, workflows } from "../workflows.ts";

/** Obelisk's server from crates.io, with components in Rust. */
export function findObelisk(): FoundEngine {
  const names = { id: "obelisk", name: "Obelisk" } as const;
  try {
    const program = findObeliskProgram(process.env);
    const components = buildObeliskComponents();
    return {
      engine: {
        ...names,
        versions: `obelisk ${program.version}`,
        durability: "SQLite with fsync (`synchronous = FULL`, default)",
        step:
          "An activity, a function of another WebAssembly component in the same server: the call, its " +
          "execution and its result are each recorded before the workflow goes on.",
        callers: "HTTP, `POST /v1/executions?follow=true`, with a new connection for each call",
        ready: "`GET /v1/functions` is answered, with components that were compiled before",
        processes: "the server, which also runs workflows and activities",
        start: (options) => startObelisk(program.path, components, options),
      },
    };
  } catch (error) {
    return { ...names, missing: (error as Error).message };
  }
}

async function startObelisk(
  program: string,
  components: ObeliskComponents,
  { directory, connections, siteUrl }: StartOptions,
): Promise<RunningEngine> {
  const apiPort = await findFreePort();
  const [database, cache] = [join(directory, "data"), join(toolsDirectory, "obelisk-cache")];
  mkdirSync(cache, { recursive: true });
  const serverConfig = join(directory, "server.toml");
  const deployment = join(directory, "deployment.toml");
  writeFileSync(serverConfig, obeliskServerConfig({ apiPort, database, cache }));
  writeFileSync(deployment, obeliskDeployment(components, siteUrl));
  const url = `http://127.0.0.1:${apiPort}`;
  await using cleanUp = new AsyncDisposableStack();
  const server = cleanUp.use(
    new EngineProcess({
      program,
      parameters: ["server", "run", "--server-config", serverConfig, "--deployment", deployment],
      directory,
      logFile: join(directory, "server.log"),
    }),
  );
  await server.untilHealthy([{ origin: url, path: "/v1/functions" }]);
  const readyMs = performance.now() - server.startedAt;
  // It sends the head of a response first and the result later, without TCP_NODELAY: on a kept-alive connection, the
  // result waits for the caller's delayed acknowledgement, some 40 ms.
  const caller = cleanUp.use(new HttpCaller(url, connections, false));
  const bodies = new Map(workflows.map(({ name }) => [name, obeliskSubmission(name, siteUrl)]));
  const owned = cleanUp.move();
  return {
    startedAt: server.startedAt,
    readyMs,
    processes: [server.pid],
    async call({ name }: Workflow) {
      return obeliskResponse(
        await caller.post("/v1/executions?follow=true", bodies.get(name) ?? ""),
      );
    },
    async stop() {
      await server.stop();
    },
    bytesOnDisk: () => bytesIn(database),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
