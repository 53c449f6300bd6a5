import type { CallScope } from "../http/call-scope.ts";
import { readIf } from "../http/shape.ts";
import type { JsonValue } from "@flawless-ts/wasm-module";
import { databaseHealth, serviceHealth } from "./answer-shapes.ts";
import { expectSuccess, jsonOf, maybeUnknownRoute, readJson } from "./answers.ts";
import { get, type Connection } from "./connection.ts";
import type { ControlPlaneHealth } from "./types.ts";

/** Requests `GET /health`, or mvm-ci's equivalent: the health of its database. */
export async function askHealth(
  connection: Connection,
  scope: CallScope,
): Promise<ControlPlaneHealth> {
  const answer = await connection.transport.send({ ...get, path: "/health", rounds: 1 }, scope);
  const body = jsonOf(answer);
  const health = readIf(serviceHealth, body);
  // An unhealthy server responds with an error status.
  if (health !== undefined) return { ...health, details: body as JsonValue };
  if (answer.status >= 400 && !maybeUnknownRoute(answer)) expectSuccess(answer);
  return await askDatabase(connection, scope);
}

async function askDatabase(connection: Connection, scope: CallScope): Promise<ControlPlaneHealth> {
  const paths = { first: "/hiqlite/health", second: "/health/hiqlite" };
  const answer = await connection.send(paths, { ...get, rounds: 1 }, scope);
  const { is_healthy: healthy, has_leader: led } = readJson(answer, databaseHealth);
  const reason = healthy
    ? led
      ? null
      : "The cluster has no leader."
    : "The database is not well.";
  return {
    status: reason === null ? "ok" : "degraded",
    reason,
    details: jsonOf(answer) as JsonValue,
  };
}
