import { existsSync } from "node:fs";
import { connect } from "node:net";
import { once } from "node:events";
import { expect, test } from "vitest";
import { describeUnless } from "../describe-unless.ts";
import { missingForPostgres, PostgresServer, sharedPostgres, testSchema } from "./index.ts";

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describeUnless(missingForPostgres(), "PostgreSQL for tests", () => {
  test("is shared by all tests of a run, with a schema for each", async () => {
    const first = await testSchema();
    const second = await testSchema();

    expect(first.url).toBe(await sharedPostgres());
    expect(second.url).toBe(first.url);
    expect(second.schema).not.toBe(first.schema);
    expect(await accepts(Number(new URL(first.url).port))).toBe(true);
  });

  test("can be killed, restarted on the same port, and removed", async () => {
    await using server = await PostgresServer.start();
    const { port, dataDirectory } = server;
    await server.kill();
    expect(await accepts(port)).toBe(false);
    await server.start();
    expect(await accepts(port)).toBe(true);
    expect(server.port).toBe(port);
    await server.remove();

    expect(await accepts(port)).toBe(false);
    expect(existsSync(dataDirectory)).toBe(false);
  });
});
