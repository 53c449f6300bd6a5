import { Flawless } from "@flawless-ts/sdk";
import { describeUnless, TemporaryDirectory } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { startServer } from "../../server.ts";
import { HeldSite } from "../../testing/held-site.ts";
import { TestCluster } from "../../testing/test-cluster.ts";
import { checkPostgres } from "../check-postgres.ts";
import { copyJournal } from "./copy-journal.ts";

const soon = { timeout: 60_000 };

describeUnless(missingForPostgres(), "a copy of a cluster", () => {
  test("has the outcomes of requests that ended after their partition was handed over", async () => {
    const secretsKey = new Uint8Array(32).fill(1);
    const secrets = { token: "sesame" };
    const options = { handOverGraceMs: 600_000, secretsKey, secrets };
    await using cluster = await TestCluster.start(1, options);
    await using site = await HeldSite.open();
    const client = cluster.client();
    const plain = await client.deploy(fixtureBytes("conformance"));
    const module = await client.deploy(fixtureBytes("extensions"));
    const http = (name: string): object => ({
      kind: "http",
      request: {
        config: {
          idempotent: false,
          timeout: { secs: 900, nanos: 0 },
          response_body_limit: 1_000,
        },
        method: "POST",
        url: `${site.url}/held/${name}`,
        headers: [],
        body: "",
      },
    });
    const started = [
      await plain.start("http", {
        method: "POST",
        url: `${site.url}/held/plain`,
        body: "",
      } as never),
      await module.start("script", [
        { call: { GetSecret: "token" } },
        { ask: ["run", http("run")] },
      ] as never),
      await module.start("script", [
        { ask: ["begin", { operation: 1, ...http("one") }] },
        { ask: ["begin", { operation: 2, ...http("two") }] },
        { ask: ["wait", { operations: [2] }] },
        { ask: ["wait", { operations: [1] }] },
      ] as never),
    ];
    const ids = started.map(({ id }) => id);
    await expect.poll(() => site.held, soon).toBe(4);
    const closed = cluster.nodes[0]?.close();
    const owned = "SELECT owner FROM SCHEMA.partitions WHERE owner IS NOT NULL";
    await expect.poll(() => cluster.query(owned), soon).toEqual([]);
    site.release("in the end");
    await closed;
    const { url, schema } = cluster.schema;
    expect(await checkPostgres(url, { schema, secretsKey })).toMatchObject({ ok: true });

    using directory = new TemporaryDirectory();
    await copyJournal(url, directory.join("copy"), { schema, secretsKey });
    expect(await cluster.query("SELECT id FROM SCHEMA.errands")).toEqual([]);
    await using server = await startServer({
      port: 0,
      directory: directory.join("copy"),
      executors: { threads: 1 },
      secrets,
    });
    await using flawless = new Flawless({ url: server.url });
    const outcomes: string[] = [];
    for (const id of ids) {
      await flawless.workflow(id).completion();
      outcomes.push(JSON.stringify(await flawless.workflow(id).response()));
    }
    const body = Buffer.from("in the end").toString("base64");
    expect(outcomes[0]).toContain('"body":"in the end"');
    expect(outcomes[1]).toContain(body);
    expect(outcomes[2]?.split(body)).toHaveLength(3);
    expect(outcomes.join()).not.toContain("RequestInterrupted");
    expect(site.paths).toHaveLength(4);
  });
});
