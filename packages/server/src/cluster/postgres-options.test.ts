import { expect, test } from "vitest";
import { runCli } from "../testing/run-cli.ts";
import { startServer } from "../server.ts";
import { type PostgresJournalOptions, resolvePostgresOptions } from "./postgres-options.ts";

const urls = ["postgres://flawless@127.0.0.1/flawless"];

function resolved(
  options: Partial<PostgresJournalOptions> = {},
  host = "127.0.0.1",
): ReturnType<typeof resolvePostgresOptions> {
  return resolvePostgresOptions({ urls, ...options }, host);
}

test("have defaults, and a name for each start", () => {
  expect(resolved()).toMatchObject({ leaseMs: 5_000, advertiseUrl: undefined });
  expect(resolved().nodeId).not.toBe(resolved().nodeId);
  expect(resolved({ lease: "90s", advertiseUrl: "https://node-1.example/" })).toMatchObject({
    leaseMs: 90_000,
    advertiseUrl: "https://node-1.example",
  });
});

test.each([
  [{ urls: [] }, "journal.postgres.urls", "1 to 64 URLs"],
  [{ urls: ["mysql://me:s3cret@db/x"] }, "journal.postgres.urls", "postgres://USER@HOST:5432/DB"],
  [{ schema: "" }, "journal.postgres.schema", "1 to 63"],
  [{ nodeId: "node 1" }, "journal.postgres.nodeId", "visible ASCII"],
  [{ partitions: 0 }, "journal.postgres.partitions", "from 1 to 4096"],
  [{ partitions: Number("all") }, "journal.postgres.partitions", "from 1 to 4096"],
  [{ connections: 1 }, "journal.postgres.connections", "from 2 on"],
  [{ lease: "10ms" }, "journal.postgres.lease", "500 ms to an hour"],
  [{ lease: "soon" as "1s" }, "journal.postgres.lease", "soon"],
  [{ advertiseUrl: "node-1" }, "journal.postgres.advertiseUrl", "http://10.0.0.7:27288"],
  [{ leaze: "5s" } as object, "journal.postgres.leaze", "Did you mean"],
])("refuse %j", (options, option, advice) => {
  expect(() => resolved(options)).toThrow(
    expect.objectContaining({ option, message: expect.stringContaining(advice) }),
  );
  expect(() => resolved(options)).not.toThrow("s3cret");
});

test("need the URL of a node that listens on all addresses", () => {
  expect(() => resolved({}, "0.0.0.0")).toThrow("as it listens on all addresses (0.0.0.0)");
  expect(resolved({ advertiseUrl: "http://10.0.0.7:1" }, "0.0.0.0").advertiseUrl).toBe(
    "http://10.0.0.7:1",
  );
});

test("replace a directory, and need a key if there are secrets", async () => {
  const journal = { postgres: { urls } };
  await expect(startServer({ journal, directory: "." })).rejects.toThrow("either a directory");
  await expect(startServer({})).rejects.toThrow("either a directory");
  await expect(startServer({ journal, port: 0, secrets: { KEY: "x" } })).rejects.toMatchObject({
    option: "secretsKey",
  });
});

test("of the command need a journal", async () => {
  const { code, stderr } = await runCli(["up", "--advertise-url", "http://10.0.0.7:1"]);
  expect([code, stderr]).toEqual([1, expect.stringContaining("--advertise-url is for servers")]);
});

test("of the command come from the environment, too, and passwords are not shown", async () => {
  const env = { FLAWLESS_JOURNAL: "postgres://me:s3cret@127.0.0.1:1/db" };
  const { code, stderr, stdout } = await runCli(["up", "--bind", "127.0.0.1:0"], env);
  expect(code).toBe(1);
  expect(stderr).toContain("postgres://me@127.0.0.1:1/db");
  expect(stderr + stdout).not.toContain("s3cret");
});
