import { describeUnless } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { ActivityWorker, defineActivities, Flawless } from "@flawless-ts/sdk";
import { expect, test } from "vitest";
import { startServer } from "../server.ts";
import { TestCluster } from "../testing/test-cluster.ts";
import { partitionOfKey } from "./partition-of.ts";
import { fromPublicId } from "../workflow/workflow-id.ts";

const partitions = 6;

function partitionOf(id: string): number {
  return (fromPublicId(id) ?? 0) % partitions;
}

describeUnless(missingForPostgres(), "nodes on one database", () => {
  test("act as one: starts, messages, lists, journals and cancellations at any of them", async () => {
    await using cluster = await TestCluster.start(2);
    const [one, other] = [cluster.client(0), cluster.client(1)];
    const module = await cluster.deploy(0);
    const there = other.module("conformance", "1.0.0");

    expect(await there.execute("add", { a: 2, b: 3 })).toBe(5);
    const started = await Promise.all([
      module.start("receive", null),
      module.start("receive", null),
      there.start("receive", null),
      there.start("receive", null),
    ]);
    const ids = started.map(({ id }) => id);
    expect(new Set(ids.map(partitionOf)).size).toBeGreaterThan(1);
    for (const [index, id] of ids.entries()) {
      const client = index % 2 === 0 ? other : one;
      expect(await client.workflow(id).info()).toMatchObject({ id, status: "running" });
      await client.workflow(id).send("approve", { by: `caller ${index}` });
      expect(await client.workflow(id).completion()).toMatchObject({ status: "completed" });
      expect((await client.workflow(id).journal()).steps.length).toBeGreaterThan(0);
    }
    for (const [index, key] of ["order-1", "order-2", "order-3", "order-4"].entries()) {
      const { id } = await module.start("receive", null, { idempotencyKey: key });
      const keyed = (index % 2 === 0 ? other : one).workflow({ key });
      await keyed.send("approve", { by: key });
      expect(await keyed.completion()).toMatchObject({ status: "completed" });
      expect(await keyed.info()).toMatchObject({ id, idempotencyKey: key });
      ids.push(id);
    }
    const waiting = await there.start("receive", null);
    await one.workflow(waiting.id).cancel();
    await other.workflow(waiting.id).cancel();
    for (const client of [one, other]) {
      const listed: string[] = [];
      for await (const { id } of client.workflows({ workflow: "receive" })) {
        listed.push(id);
      }
      expect(listed.toSorted()).toEqual([...ids, waiting.id].toSorted());
    }
    const metrics = await (await fetch(`${other.url}/metrics`)).text();
    expect(metrics).toMatch(/^flawless_partitions_owned 3$/m);
    expect(metrics).toMatch(/^flawless_requests_passed_on_total [1-9]/m);
    expect(metrics).toMatch(/^flawless_fences_failed_total 0$/m);
    const page = await (await fetch(`${one.url}/cluster`)).text();
    expect(page).toContain("2 of 2 nodes live");
    expect(page).toContain("node-1");
    expect(await (await fetch(`${one.url}/health`)).json()).toMatchObject({ status: "ok" });
  });

  test("answer updates and read states at any of them", async () => {
    await using cluster = await TestCluster.start(2);
    const [one, other] = [cluster.client(0), cluster.client(1)];
    const module = await one.deploy(fixtureBytes("extensions"));
    const value = "$1.body.message.data";
    const { id } = await module.start("script", [
      { ask: ["state", { value: "waits" }] },
      { ask: ["wait", { types: ["add"] }] },
      { ask: ["reply", { message: 1, value }] },
    ]);
    for (const client of [one, other]) {
      const run = client.workflow(id);
      expect(await run.update("add", 7, { idempotencyKey: "k" })).toBe(7);
      expect(await run.state()).toBe("waits");
    }
  });

  test("start one workflow per key at any of them, and refuse the key for a different start", async () => {
    await using cluster = await TestCluster.start(2);
    const module = await cluster.deploy();
    const there = cluster.client(1).module("conformance", "1.0.0");
    for (let order = 0; order < partitions; order += 1) {
      const options = { idempotencyKey: `order ${order}`.replace(" ", "-") };
      const [one, other] = await Promise.all([
        module.executeWithHandle("echo", order as never, options),
        there.executeWithHandle("echo", order as never, options),
      ]);
      expect(other.workflow.id).toBe(one.workflow.id);
      expect([one.response, other.response]).toEqual([order, order]);
      await expect(there.start("echo", "other" as never, options)).rejects.toMatchObject({
        serverCode: "IDEMPOTENCY_CONFLICT",
      });
    }
  });

  test("know a workflow by its key at any of them as soon as it was started, and show it once it is durable", async () => {
    await using cluster = await TestCluster.start(2);
    const module = await cluster.deploy();
    await cluster.query(`
      CREATE FUNCTION SCHEMA.refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON SCHEMA.workflows FOR EACH ROW EXECUTE FUNCTION SCHEMA.refuse()`);
    const started = module.start("receive", null, { idempotencyKey: "order-1" });
    const owner = (await cluster.view()).partitions[partitionOfKey("order-1", partitions)]?.owner;
    const nodes = cluster.nodes.map(({ url }, node) => ({
      url,
      isOwner: owner === `node-${node}`,
    }));
    const ownerUrl = nodes.find(({ isOwner }) => isOwner)?.url ?? "";
    const health = async (): Promise<number> => (await fetch(`${ownerUrl}/health`)).status;
    await expect.poll(health, { timeout: 20_000 }).toBe(503);
    // Clients that retry if the server says so, because the machine may be slow.
    await using patient = new AsyncDisposableStack();
    const known = nodes.map(({ url }) =>
      patient.use(new Flawless({ url })).workflow({ key: "order-1" }).info(),
    );
    Promise.all(known).catch(() => undefined);
    for (const node of nodes.keys()) {
      // When this has its response, the database has been asked about the key, too, if it ever is.
      await expect(cluster.client(node).workflow("wkf_1").info()).rejects.toMatchObject({
        serverCode: "WORKFLOW_NOT_FOUND",
      });
    }
    await cluster.query("DROP FUNCTION SCHEMA.refuse CASCADE");
    const { id } = await started;
    expect((await Promise.all(known)).map((info) => info.id)).toEqual([id, id]);
    const nobody = cluster.nodes.map((_, node) => cluster.client(node).workflow({ key: "no" }));
    for (const workflow of nobody) {
      await expect(workflow.info()).rejects.toThrow('no workflow with the idempotency key "no"');
      await expect(workflow.send("approve", {})).rejects.toMatchObject({
        serverCode: "WORKFLOW_NOT_FOUND",
      });
    }
  });

  test("cancel matching workflows on any node, with the caller's token", async () => {
    const token = "0123456789abcdef";
    await using cluster = await TestCluster.start(1, { tokens: [token] });
    const node = await cluster.add();
    // A count belongs to one request: a retry after partitions moved finds some cancelled already.
    await cluster.balanced();
    const urls = cluster.nodes.map(({ url }) => url);
    await using flawless = new Flawless({ url: urls[0] ?? "", token });
    await using other = new Flawless({ url: node.url, token });
    const module = await flawless.deploy(fixtureBytes("conformance"));
    const started = await Promise.all(
      Array.from({ length: 8 }, () => module.start("receive", null)),
    );

    expect(await other.cancelWorkflows({ module: "conformance", dryRun: true })).toBe(8);
    expect(await other.cancelWorkflows({ module: "conformance" })).toBe(8);
    for (const { id } of started) {
      expect(await flawless.workflow(id).info()).toMatchObject({ status: "cancelled" });
    }
    for (const url of urls) {
      const answer = await fetch(`${url}/api/workflows/${started[0]?.id}/cancel`, {
        method: "POST",
      });
      expect(answer.status).toBe(401);
    }
  });

  test("know modules deployed at another one, and refuse different bytes under the same name", async () => {
    await using cluster = await TestCluster.start(2);
    await cluster.deploy(0);
    const listed: string[] = [];
    for (const { name } of await cluster.client(1).listModules()) {
      listed.push(name);
    }
    expect(listed).toEqual(["conformance"]);
    const bytes = fixtureBytes("conformance");
    // A meaningless custom section: different bytes, the same module.
    const changed = Buffer.concat([bytes, Buffer.from([0, 2, 1, 97])]);
    await expect(cluster.client(1).deploy(changed)).rejects.toMatchObject({
      serverCode: "MODULE_CONFLICT",
    });
  });

  test("give a worker that polls one of them the activities of all", async () => {
    await using cluster = await TestCluster.start(2);
    const module = await cluster.client(0).deploy(fixtureBytes("extensions"));
    const there = cluster.client(1).module(module.name, module.version);
    const seen: number[] = [];
    await using worker = new ActivityWorker({
      url: cluster.nodes[0]?.url ?? "",
      queue: "orders",
      concurrency: 3,
      activities: defineActivities({
        charge: ({ id }: { id: number }) => {
          seen.push(id);
          return id * 2;
        },
      }),
    });
    void worker.run();
    await worker.ready();
    const script = (id: number): unknown => [
      { ask: ["run", { kind: "activity", queue: "orders", name: "charge", input: { id } }] },
    ];
    const responses = await Promise.all(
      Array.from({ length: 8 }, (_, id) =>
        (id % 2 === 0 ? module : there).execute("script", script(id) as never),
      ),
    );
    expect(seen.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(JSON.stringify(responses[7])).toContain("14");
    const queues = await cluster.client(1).listActivityQueues();
    expect(queues).toMatchObject([{ queue: "orders", waiting: 0, workers: [{ running: 0 }] }]);
  });
});

describeUnless(missingForPostgres(), "a node is refused", () => {
  test("that has another node's id, or another secrets key, or none", async () => {
    const secretsKey = new Uint8Array(32).fill(1);
    await using cluster = await TestCluster.start(1, { secretsKey });
    const { url, schema } = cluster.schema;
    const start = (nodeId: string, key: Uint8Array | undefined): Promise<unknown> =>
      startServer({
        port: 0,
        journal: { postgres: { urls: [url], schema, nodeId, lease: "2 seconds" } },
        secretsKey: key,
      });

    await expect(start("node-0", secretsKey)).rejects.toMatchObject({
      option: "journal.postgres.nodeId",
    });
    for (const key of [new Uint8Array(32).fill(2), undefined]) {
      await expect(start("node-1", key)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    }
    expect((await cluster.view()).nodes).toHaveLength(1);
  });
});

describeUnless(missingForPostgres(), "a node that loses its partitions", () => {
  test("lets its callers wait for their workflows, which continue under a new epoch", async () => {
    await using cluster = await TestCluster.start(1);
    const module = await cluster.deploy();
    const responses = Array.from({ length: 6 }, () =>
      module.execute("responds_later", { ms: 700 } as never),
    );
    while (
      ((await cluster.query("SELECT count(*) AS n FROM SCHEMA.workflows"))[0]?.["n"] as number) < 6
    ) {
      // All starts are durable before the partitions are lost.
    }
    await cluster.takeAway(100);

    expect(await Promise.all(responses)).toEqual(Array.from({ length: 6 }, () => "later"));
    const metrics = await (await fetch(`${cluster.nodes[0]?.url}/metrics`)).text();
    expect(metrics).toMatch(/^flawless_fences_failed_total \d/m);
    const view = await cluster.view();
    expect(view.partitions.every(({ epoch }) => epoch >= 3)).toBe(true);
  });

  test("waits for an owner, then says that nothing was done and when to retry", async () => {
    await using cluster = await TestCluster.start(1, { lease: "500ms" });
    const module = await cluster.deploy();
    const { id } = await module.start("receive", null);
    await cluster.takeAway(60_000);
    const url = cluster.nodes[0]?.url ?? "";
    const send = (headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${url}/api/workflow/send-msg/${id}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: '{"type":"approve","data":"{\\"by\\":\\"me\\"}"}',
      });
    const refused = await send();
    expect(refused.status).toBe(503);
    expect(refused.headers.get("flawless-error-code")).toBe("NO_OWNER");
    expect(refused.headers.get("retry-after")).not.toBeNull();
    expect((await send({ "flawless-passed-on-by": "another" })).status).toBe(503);
    const start = await fetch(`${url}/api/workflow/start`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"module":"conformance","version":"1.0.0","workflow":"noop","input":"null"}',
    });
    expect(start.headers.get("flawless-error-code")).toBe("NO_OWNER");
    // Durable state can still be read.
    expect(await cluster.client().workflow(id).info()).toMatchObject({ id, status: "running" });
    expect((await fetch(`${url}/health`)).status).toBe(503);

    await cluster.query("UPDATE SCHEMA.partitions SET expires_at = now() - interval '1 second'");
    const accepted = await send();
    expect([accepted.status, await accepted.text()]).toEqual([200, '"ok"']);
    expect(await cluster.client().workflow(id).completion()).toMatchObject({ status: "completed" });
  });
});
