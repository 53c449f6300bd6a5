import type { Client } from "pg";
import { expect, test } from "vitest";
import { BatchLane, type WaitingCall } from "./batch-lane.ts";
import type { PostgresConnection } from "./postgres-connection.ts";

/** Runs a batch of three on a database that refuses to read rows, and counts its transactions. */
async function runRefused(error: object): Promise<{ codes: readonly unknown[]; begun: number }> {
  let begun = 0;
  const client = {
    query: async (asked: string | { readonly text: string }) => {
      const sql = typeof asked === "string" ? asked : asked.text;
      if (sql === "BEGIN") begun += 1;
      if (sql.startsWith("SELECT")) throw Object.assign(new Error("refused"), error);
      return { rows: [] };
    },
  } as unknown as Client;
  const connection = {
    connect: async () => client,
    drop: () => undefined,
  } as unknown as PostgresConnection;
  const codes: unknown[] = [];
  const call: WaitingCall = {
    method: "setStatus",
    parameters: [{ id: "a", status: "Failed", error: null, nodeId: "node", now: 0 }],
    resolve: () => codes.push(null),
    reject: (error) => codes.push((error as { readonly code?: unknown }).code),
  };
  await new BatchLane(connection, 0).run([call, call, call]);
  return { codes, begun };
}

const unavailable = Array.from({ length: 3 }, () => "STORE_UNAVAILABLE");

test.each(["53100", "55P03", "57014"])("a database in trouble (%s) is asked once", async (code) => {
  const error = { code, severity: "ERROR" };
  expect(await runRefused(error)).toEqual({ codes: unavailable, begun: 1 });
});

test.each(["EPIPE", "ECONNRESET"])(
  "a batch whose connection breaks (%s) is not retried call by call",
  async (code) => {
    expect(await runRefused({ code })).toEqual({ codes: unavailable, begun: 1 });
  },
);

test("a call that the database can't take doesn't block the others of its batch", async () => {
  expect(await runRefused({ code: "22P05", severity: "ERROR" })).toEqual({
    codes: unavailable,
    begun: 4,
  });
});
