import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  describeUnless,
  firstCertificate,
  secondCertificate,
  TemporaryDirectory,
} from "@flawless-ts/test-helpers";
import {
  missingForPostgres,
  PostgresProxy,
  PostgresServer,
  testSchema,
} from "@flawless-ts/test-helpers/postgres";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { TestPartitions } from "../../testing/postgres-partition.ts";
import { create } from "../../testing/stored-workflow.ts";
import { PostgresDatabase } from "./postgres-database.ts";

describeUnless(missingForPostgres(), "a database", () => {
  describe("that needs a password and encryption", () => {
    const password = "s3cret word";
    let server: PostgresServer;
    let directory: TemporaryDirectory;
    let files: { first: string; second: string };

    beforeAll(async () => {
      server = await PostgresServer.start({ password, certificate: firstCertificate });
      directory = new TemporaryDirectory();
      const { path } = directory;
      files = { first: join(path, "first.pem"), second: join(path, "second.pem") };
      writeFileSync(files.first, firstCertificate.cert);
      writeFileSync(files.second, secondCertificate.cert);
    });

    afterAll(async () => {
      vi.unstubAllEnvs();
      await server.remove();
      directory[Symbol.dispose]();
    });

    async function encryption(url: string): Promise<unknown> {
      const database = await PostgresDatabase.open({ url });
      try {
        const sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        return (await database.query(sql))[0]?.["ssl"];
      } finally {
        await database.close();
      }
    }

    function withPassword(parameters: string): string {
      const url = server.url.replace("postgres@", `postgres:${encodeURIComponent(password)}@`);
      return `${url}?${parameters}`;
    }

    test("gets them from the URL", async () => {
      expect(await encryption(withPassword("sslmode=require"))).toBe(true);
      const verified = `sslmode=verify-full&sslrootcert=${files.first}`;
      expect(await encryption(withPassword(verified))).toBe(true);
    });

    test("gets them from PostgreSQL's environment variables", async () => {
      vi.stubEnv("PGPASSWORD", password);
      vi.stubEnv("PGSSLMODE", "verify-full");
      vi.stubEnv("PGSSLROOTCERT", files.first);
      try {
        expect(await encryption(server.url)).toBe(true);
      } finally {
        vi.unstubAllEnvs();
      }
    });

    test.each([
      [
        "has another certificate than it should have",
        (): string => `sslmode=verify-ca&sslrootcert=${files.second}`,
        "self-signed certificate",
      ],
      ["is not to be encrypted", (): string => "sslmode=disable", "no encryption"],
    ] as const)("is not used where it %s", async (_what, parameters, message) => {
      const failure = await encryption(withPassword(parameters())).catch((error: unknown) => error);

      expect(failure).toMatchObject({ message: expect.stringContaining(message) });
      expect(String(failure)).not.toContain("s3cret");
    });

    test("is refused immediately if a certificate can't be read, or if it is unclear what to verify", async () => {
      const missing = PostgresDatabase.open({ url: withPassword("sslrootcert=/none.pem") });
      await expect(missing).rejects.toMatchObject({
        code: "INVALID_REQUEST",
        message: expect.stringMatching(/^Can't use postgres:\/\/postgres@[^ ]*: ENOENT.*none\.pem/),
      });
      await expect(
        PostgresDatabase.open({ url: withPassword("sslmode=verify-ca") }),
      ).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    });
  });

  test("is reached by a Unix socket, and by names with any characters", async () => {
    const { url } = await testSchema();
    const name = `or/d?e#r"s % ${randomUUID()}`;
    const quotedName = `"${name.replace('"', '""')}"`;
    const admin = await PostgresDatabase.open({ url });
    try {
      await admin.query(`CREATE DATABASE ${quotedName}`);
      const [row] = await admin.query("SELECT current_setting('data_directory') AS directory");
      const directory = String(row?.["directory"]);
      const { port } = new URL(url);
      const database = encodeURIComponent(name);
      for (const given of [
        `postgres:///${database}?user=postgres&host=${directory}&port=${port}`,
        `postgres://postgres@${encodeURIComponent(directory)}:${port}/${database}`,
      ]) {
        const connected = await PostgresDatabase.open({ url: given });
        const question = "SELECT current_database() AS name, inet_client_addr() AS address";
        expect(await connected.query(question)).toEqual([{ name, address: null }]);
        await connected.close();
      }
      await admin.query(`DROP DATABASE ${quotedName} WITH (FORCE)`);
    } finally {
      await admin.close();
    }
  });

  test("is refused if the text is not a database URL", async () => {
    const url = "postgres://me:s3cret@host/db?sslmode=prefer";
    await expect(PostgresDatabase.open({ url })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringMatching(/^Expected a URL such as postgres:.*verify-full: prefer\.$/),
    });
  });

  test("behind a pooler that forgets prepared statements is queried without them", async () => {
    // Only one connection, so that the forgotten statements are the prepared ones.
    await using partitions = await TestPartitions.open(1, undefined, { connections: 1 });
    const store = await partitions.store();
    for (let id = 1; id < 5; id += 1) {
      await store.commit([create(id)]);
      await partitions.database.query("DEALLOCATE ALL");
    }

    expect(await store.ids({ limit: 9 })).toEqual([4, 3, 2, 1]);
    const prepared = await partitions.database.query("SELECT name FROM pg_prepared_statements");
    expect(prepared).toEqual([]);
  });

  test("on several hosts uses the one that can be written to", async () => {
    const { url, schema } = await testSchema();
    await using away = await PostgresProxy.start(url);
    away.cut();
    const { port } = new URL(away.url);
    const both = url.replace("127.0.0.1:", `127.0.0.1:${port},127.0.0.1:`);
    await using partitions = await TestPartitions.open(1, { url: both, schema });
    const store = await partitions.store();
    await store.commit([create(1)]);

    expect(await store.ids({ limit: 9 })).toEqual([1]);
  });

  test("on several hosts is not read from a standby", async () => {
    const { url, schema } = await testSchema();
    const database = await PostgresDatabase.open({
      url: `${url.replace("127.0.0.1:", `${new URL(url).host},127.0.0.1:`)}?options=-c%20default_transaction_read_only%3Don`,
      schema,
    });
    await expect(database.query("SELECT 1")).rejects.toThrow("it is a standby");
    await database.close();
  });
});
