import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { PostgresServer } from "@flawless-ts/testkit/internal";
import { askVariable } from "./shared-postgres.ts";

/**
 * Vitest's global setup: one PostgreSQL for all test files of a run. It is started with the first request, so that runs
 * without such tests pay nothing, and belongs to this process, so that it ends with it.
 */
export async function setup(): Promise<() => Promise<void>> {
  let started: Promise<PostgresServer> | undefined;
  const asked = createServer((_request, response) => {
    started ??= startUntilExit();
    started.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  asked.listen(0, "127.0.0.1");
  await once(asked, "listening");
  process.env[askVariable] = `http://127.0.0.1:${(asked.address() as AddressInfo).port}/`;
  return async () => {
    asked.closeAllConnections();
    asked.close();
    await (await started?.catch(() => undefined))?.remove();
  };
}

async function startUntilExit(): Promise<PostgresServer> {
  // Also reachable by a Unix socket in its directory.
  const server = await PostgresServer.start({ settings: { unix_socket_directories: "." } });
  process.once("exit", () => server.removeAtExit());
  return server;
}
