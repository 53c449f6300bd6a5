import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { PostgresProxy, PostgresServer } from "@flawless-ts/test-helpers/postgres";
import { expect, onTestFailed, test } from "vitest";
import { ServerProcess } from "../server-process.ts";
import { ask } from "./ask-database.ts";
import { CutOffNetwork } from "./cut-off-network.ts";

const token = "0123456789abcdef";
const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
const polling = { timeout: 60_000, interval: 100 };

test("a node whose packets are dropped stops its partitions, others run them, and it no longer writes", async () => {
  await using database = await PostgresServer.start({ durable: true });
  using network = new CutOffNetwork();
  await using cable = await PostgresProxy.start(database.url, network.near);
  const parameters = (id: string, url: string): readonly string[] => [
    ...["--journal", url, "--node-id", id, "--lease", "3s"],
    ...(id === "near" ? ["--partitions", "4"] : []),
  ];
  await using near = await ServerProcess.start({
    token,
    bind: `${network.near}:0`,
    parameters: parameters("near", database.url),
  });
  await using far = await ServerProcess.start({
    token,
    bind: `${network.far}:0`,
    launcher: network.launcher,
    parameters: parameters("far", cable.url),
  });
  onTestFailed(() => console.error(`${near.output}\n${far.output}`));
  const ownedBy = async (id: string): Promise<number> => {
    const rows = await ask(
      database,
      `SELECT partition FROM flawless.partitions WHERE owner = '${id}' AND expires_at > now()`,
    );
    return rows.length;
  };
  await expect.poll(() => ownedBy("far"), polling).toBe(2);
  const module = await far.flawless.deploy(fixtureBytes("conformance"));
  const input = { count: 20, ms: 200 } as never;
  const started = await Promise.all(
    Array.from({ length: 10 }, () => module.start("sleep_steps", input)),
  );

  network.pullCable();
  await expect.poll(() => ownedBy("near"), polling).toBe(4);
  // Before another node can get a partition, this one has stopped it by itself.
  const metrics = await network.ask(`${far.url}/metrics`, { headers });
  expect(metrics.text).toMatch(/^flawless_partitions_owned 0$/m);
  expect((await network.ask(`${far.url}/health`, { headers })).status).toBe(503);
  const refused = await network.ask(`${far.url}/api/workflow/start`, {
    method: "POST",
    headers: { ...headers, "idempotency-key": "while-cut-off" },
    body: '{"module":"conformance","version":"1.0.0","workflow":"noop","input":"null"}',
  });
  expect(refused.status).toBe(503);
  const claimed = await ask(database, "SELECT partition, epoch FROM flawless.fences ORDER BY 1");

  // What the node had sent arrives now, or never.
  network.plugIn();
  await expect.poll(() => ownedBy("far"), polling).toBe(2);
  for (const { id } of started) {
    const workflow = near.flawless.workflow(id);
    expect((await workflow.completion()).status).toBe("completed");
    expect(await workflow.response()).toBe(20);
  }
  const keys = await ask(
    database,
    "SELECT id FROM flawless.workflows WHERE idempotency_key = 'while-cut-off'",
  );
  expect(keys).toEqual([]);
  const now = await ask(database, "SELECT partition, epoch FROM flawless.fences ORDER BY 1");
  // It got its partitions back by new claims, not by its old ones.
  expect(now.filter(({ epoch }, index) => epoch !== claimed[index]?.["epoch"])).toHaveLength(2);
}, 110_000);
