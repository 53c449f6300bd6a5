import { describeUnless } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { TestCluster } from "../testing/test-cluster.ts";
import { fromPublicId } from "../workflow/workflow-id.ts";

const partitions = 6;

function partitionOf(id: string): number {
  return (fromPublicId(id) ?? 0) % partitions;
}

describeUnless(missingForPostgres(), "nodes of a cluster", () => {
  test("let workflows reach each other on any node", async () => {
    await using cluster = await TestCluster.start(2);
    const module = await cluster.client(0).deploy(fixtureBytes("extensions"));
    const there = cluster.client(1).module(module.name, module.version);
    const waits = [{ call: { RecvMessage: [null, ["go"]] } }];
    const others = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        (index % 2 === 0 ? module : there).start("script", waits as never),
      ),
    );
    const ids = others.map(({ id }) => id);
    expect(new Set(ids.map((id) => partitionOf(id) % 2)).size).toBe(2);
    const told = await module.execute("script", [
      ...ids.map((id, data) => ({ ask: ["send", { id, type: "go", data }] })),
      ...ids.map((id) => ({ ask: ["run", { kind: "result", id }] })),
      { ask: ["send", { id: "wkf_1", type: "go" }] },
      { ask: ["terminate", { id: ids[0] }] },
    ] as never);
    const refused = (status: number, code: string): object => ({
      status,
      body: { error: { code } },
    });
    expect(told).toMatchObject([
      ...ids.map(() => ({ status: 200 })),
      ...ids.map((_, data) => ({
        body: { status: "completed", response: [{ Message: ["go", String(data)] }] },
      })),
      refused(404, "WORKFLOW_NOT_FOUND"),
      refused(409, "WORKFLOW_ENDED"),
    ]);
    // No errands stay behind.
    await expect.poll(() => cluster.query("SELECT id FROM SCHEMA.errands")).toEqual([]);
  });

  test("start a child once per key, shared with callers, and cancel it with its parent", async () => {
    await using cluster = await TestCluster.start(2);
    const module = await cluster.client(0).deploy(fixtureBytes("extensions"));
    const there = cluster.client(1).module(module.name, module.version);
    const input = [{ call: { RecvMessage: [null, ["go"]] } }];
    const keys = Array.from({ length: partitions }, (_, index) => `order-${index}`);
    const script = keys.map((idempotencyKey) => ({
      ask: ["start", { workflow: "script", input, idempotencyKey, onParentEnd: "cancel" }],
    }));
    const [one, other] = await Promise.all([
      module.execute("script", script as never),
      there.execute("script", script as never),
    ]);
    expect(one).toEqual(other);
    const answers = one as unknown as readonly { readonly body: { readonly id: string } }[];
    const children = answers.map(({ body }) => body.id);
    expect(new Set(children.map((id) => partitionOf(id) % 2)).size).toBe(2);
    for (const [index, idempotencyKey] of keys.entries()) {
      const child = await there.start("script", input as never, { idempotencyKey });
      expect(child.id).toBe(children[index]);
      await expect.poll(async () => (await child.info()).cancelBy).not.toBeNull();
    }
  });

  test("encrypt what a workflow that has read a secret sends to other partitions", async () => {
    const secretsKey = new Uint8Array(32).fill(1);
    const secrets = { token: "sesame" };
    await using cluster = await TestCluster.start(2, { secretsKey, secrets });
    const module = await cluster.client(0).deploy(fixtureBytes("extensions"));
    const waits = [{ call: { RecvMessage: [null, ["go"]] } }];
    const others = await Promise.all(
      Array.from({ length: partitions }, () => module.start("script", waits as never)),
    );
    const told = await module.execute("script", [
      { call: { GetSecret: "token" } },
      ...others.map(({ id }) => ({ ask: ["send", { id, type: "go", data: "$0" }] })),
      { ask: ["start", { workflow: "script", input: "$0", idempotencyKey: "order-1" }] },
      { ask: ["start", { workflow: "script", input: "$0", idempotencyKey: "order-2" }] },
    ] as never);
    expect(JSON.stringify(told)).toContain("sesame");
    for (const { id } of others) {
      expect(JSON.stringify(await cluster.client(1).workflow(id).response())).toContain("sesame");
    }
    const rows = await cluster.query(
      `SELECT response AS text FROM SCHEMA.workflows UNION ALL SELECT input FROM SCHEMA.workflows
       UNION ALL SELECT lines FROM SCHEMA.journal UNION ALL SELECT value FROM SCHEMA.notes`,
    );
    expect(rows.length).toBeGreaterThan(partitions);
    expect(rows.filter(({ text }) => String(text).includes("sesame"))).toEqual([]);
  });
});
