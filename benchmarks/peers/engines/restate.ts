import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { request } from "undici";
import { findFreePort } from "../../server/free-port.ts";
import { bytesIn } from "../../server/fresh-directory.ts";
import { EngineProcess } from "../child-process.ts";
import type { FoundEngine, RunningEngine, StartOptions } from "../engine.ts";
import { HttpCaller } from "../http-caller.ts";
import { installedVersion, packagesDirectory } from "../install.ts";
import type { Workflow } from "../workflows.ts";

const service = fileURLToPath(new URL("../services/restate-service.ts", import.meta.url));

/** Restate's server from npm, with a service based on its SDK for TypeScript. */
export function findRestate(): FoundEngine {
  const program = join(
    packagesDirectory,
    `@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`,
  );
  try {
    accessSync(program, constants.X_OK);
  } catch {
    return {
      id: "restate",
      name: "Restate",
      missing: `its server is not on npm for ${process.platform} on ${process.arch}`,
    };
  }
  return {
    engine: {
      id: "restate",
      name: "Restate",
      versions:
        `server ${installedVersion("@restatedev/restate-server")}, ` +
        `@restatedev/restate-sdk ${installedVersion("@restatedev/restate-sdk")}`,
      durability: "its replicated log on one node, RocksDB with fsync (default)",
      step:
        "`ctx.run`: the result is sent to the server, which makes it durable, and the next step begins once " +
        "the server has acknowledged it.",
      callers: "HTTP, the server's ingress, `POST /bench/NAME`, without an idempotency key",
      ready: "the health addresses of its admin API and its ingress are answered",
      processes: "the server, and a Node.js process with the service",
      start: (options) => startRestate(program, options),
    },
  };
}

async function startRestate(program: string, options: StartOptions): Promise<RunningEngine> {
  const { directory, connections, siteUrl } = options;
  const [fabric, admin, ingress, endpoint] = [
    await findFreePort(),
    await findFreePort(),
    await findFreePort(),
    await findFreePort(),
  ];
  await using cleanUp = new AsyncDisposableStack();
  const server = cleanUp.use(
    new EngineProcess({
      program,
      parameters: [
        ...["--no-logo", "--base-dir", join(directory, "data"), "--listen-mode", "tcp"],
        ...["--bind-ip", "127.0.0.1", "--bind-port", `${fabric}`],
      ],
      environment: {
        RESTATE_ADMIN__BIND_PORT: `${admin}`,
        RESTATE_INGRESS__BIND_PORT: `${ingress}`,
        RESTATE_DISABLE_TELEMETRY: "true",
        // It checks for a newer release when it starts. Nothing here may leave this machine: port 9 discards.
        HTTPS_PROXY: "http://127.0.0.1:9",
        NO_PROXY: "127.0.0.1,localhost",
      },
      directory,
      logFile: join(directory, "server.log"),
    }),
  );
  const worker = cleanUp.use(
    new EngineProcess({
      program: process.execPath,
      parameters: [service, `${endpoint}`],
      directory,
      logFile: join(directory, "service.log"),
    }),
  );
  const serviceReady = worker.firstMessage();
  serviceReady.catch(() => undefined);
  const [adminUrl, ingressUrl] = [`http://127.0.0.1:${admin}`, `http://127.0.0.1:${ingress}`];
  await server.untilHealthy([
    { origin: adminUrl, path: "/health" },
    { origin: ingressUrl, path: "/restate/health" },
  ]);
  const readyMs = performance.now() - server.startedAt;
  await serviceReady;
  await register(adminUrl, `http://127.0.0.1:${endpoint}`);
  const caller = cleanUp.use(new HttpCaller(ingressUrl, connections));
  const owned = cleanUp.move();
  return {
    startedAt: server.startedAt,
    readyMs,
    processes: [server.pid, worker.pid],
    async call({ name }: Workflow) {
      return await caller.post(`/bench/${name}`, JSON.stringify(siteUrl));
    },
    async stop() {
      await server.stop();
      await worker.stop();
    },
    bytesOnDisk: () => bytesIn(join(directory, "data")),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function register(adminUrl: string, uri: string): Promise<void> {
  const { statusCode, body } = await request(`${adminUrl}/deployments`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ uri }),
  });
  const text = await body.text();
  if (statusCode !== 201 && statusCode !== 200) {
    throw new Error(`Restate did not take the service: ${statusCode} ${text.slice(0, 500)}`);
  }
}
