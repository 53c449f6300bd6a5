import { describe, expect, test } from "vitest";
import type { ClusterPlan } from "./cluster-plan.ts";
import { environmentOf, memberOf, reachedByTicket } from "./links.ts";
import { planCluster } from "./plan-cluster.ts";
import { topologies } from "./topology.ts";

function variables(
  plan: ClusterPlan,
  name: string,
  addressing: "name" | "ip" = "name",
): Readonly<Record<string, string>> {
  return environmentOf(plan, memberOf(plan, name), addressing);
}

describe("a plan", () => {
  test("has the addresses of mvm-ci", () => {
    const plan = planCluster({ topology: "shared-flawless", nodes: 3, workers: 2 });
    expect(plan.members.map(({ name, address }) => [name, address])).toEqual([
      ["postgres", "192.168.100.9"],
      ["flawless", "192.168.100.10"],
      ["mvm-ci-node1", "192.168.100.11"],
      ["mvm-ci-node2", "192.168.100.12"],
      ["mvm-ci-node3", "192.168.100.13"],
      ["worker1", "192.168.100.21"],
      ["worker2", "192.168.100.22"],
    ]);
    const elsewhere = planCluster({ topology: "shared-flawless", subnet: "10.1.2.0/24" });
    expect(memberOf(elsewhere, "mvm-ci-node1").address).toBe("10.1.2.11");
  });

  test("has one queue, and distributes workers over the nodes", () => {
    const plan = planCluster({ topology: "container-network", nodes: 3, workers: 4 });
    expect(
      plan.workers.map(({ id, controlPlane, flawless }) => [id, controlPlane, flawless]),
    ).toEqual([
      ["worker1", "mvm-ci-node1", "mvm-ci-node1"],
      ["worker2", "mvm-ci-node2", "mvm-ci-node2"],
      ["worker3", "mvm-ci-node3", "mvm-ci-node3"],
      ["worker4", "mvm-ci-node1", "mvm-ci-node1"],
    ]);
  });

  test("has a database for several nodes to share, and none for one", () => {
    const several = planCluster({ topology: "container-network", nodes: 3 });
    expect(several.database).toBe("postgres");
    for (const { member } of several.nodes) {
      expect(variables(several, member)).toMatchObject({
        NODE_ID: member,
        CONTROL_PLANE_STORE: "postgres://postgres:flawless@postgres:5432/postgres",
      });
      expect(memberOf(several, member).dependsOn).toEqual(["postgres"]);
    }
    expect(variables(several, "mvm-ci-node1", "ip")["CONTROL_PLANE_STORE"]).toBe(
      "postgres://postgres:flawless@192.168.100.9:5432/postgres",
    );
    const one = planCluster({ topology: "container-network", nodes: 1 });
    expect([one.database, one.members.map(({ name }) => name)]).toEqual([
      null,
      ["mvm-ci-node1", "worker1"],
    ]);
    expect(variables(one, "mvm-ci-node1")).not.toHaveProperty("CONTROL_PLANE_STORE");
  });

  test("gives workers the URL of Flawless, by name or by address", () => {
    const plan = planCluster({ topology: "container-network", nodes: 2, workers: 2 });
    expect(variables(plan, "worker2")).toMatchObject({
      CONTROL_PLANE_TICKET: "http://mvm-ci-node2:3020",
      FLAWLESS_URL: "http://mvm-ci-node2:27288",
    });
    expect(variables(plan, "worker2", "ip")).toMatchObject({
      CONTROL_PLANE_TICKET: "http://192.168.100.12:3020",
      FLAWLESS_URL: "http://192.168.100.12:27288",
    });
  });

  test("of exposed-port publishes each node's ports, and its workers use them", () => {
    const plan = planCluster({ topology: "exposed-port", nodes: 2, workers: 2 });
    expect(memberOf(plan, "mvm-ci-node2").publishedPorts).toEqual([
      { container: 3020, host: 3021 },
      { container: 27288, host: 27289 },
    ]);
    expect(memberOf(plan, "worker2").where).toBe("host-process");
    expect(variables(plan, "worker2")).toMatchObject({
      CONTROL_PLANE_TICKET: "http://localhost:3021",
      FLAWLESS_URL: "http://localhost:27289",
    });
    expect(variables(plan, "mvm-ci-node2")["FLAWLESS_ADVERTISED_URL"]).toBe(
      "http://localhost:27289",
    );
  });

  test("of shared-flawless has no other Flawless server", () => {
    const plan = planCluster({ topology: "shared-flawless", nodes: 2, workers: 2 });
    expect(plan.members.filter(({ roles }) => roles.includes("flawless"))).toHaveLength(1);
    for (const name of ["mvm-ci-node1", "mvm-ci-node2", "worker1", "worker2"]) {
      expect(variables(plan, name)["FLAWLESS_URL"]).toBe("http://flawless:27288");
    }
  });

  test("of same-container has each worker in its node, on localhost", () => {
    const plan = planCluster({ topology: "same-container", nodes: 2 });
    expect(plan.members.map(({ name, roles }) => [name, ...roles])).toEqual([
      ["postgres", "postgres"],
      ["mvm-ci-node1", "flawless", "control-plane", "worker"],
      ["mvm-ci-node2", "flawless", "control-plane", "worker"],
    ]);
    expect(variables(plan, "mvm-ci-node2")).toMatchObject({ WORKER_ID: "worker2" });
    expect(variables(plan, "mvm-ci-node2")).not.toHaveProperty("FLAWLESS_URL");
  });

  test("of worker-own-flawless has a Flawless server in each worker's container", () => {
    const plan = planCluster({ topology: "worker-own-flawless", workers: 1 });
    const worker = memberOf(plan, "worker1");
    expect(worker.roles).toEqual(["flawless", "worker"]);
    expect(worker.volume).toBe("worker1-data");
    expect(variables(plan, "worker1")).not.toHaveProperty("FLAWLESS_URL");
  });

  test("of flawless-cluster has nodes whose Flawless servers are one cluster, and workers that use any node", () => {
    const plan = planCluster({ topology: "flawless-cluster", nodes: 2, workers: 2 });
    const url = "postgres://postgres:flawless@postgres:5432/postgres";
    expect(variables(plan, "mvm-ci-node2")).toMatchObject({
      FLAWLESS_JOURNAL: url,
      CONTROL_PLANE_STORE: url,
      FLAWLESS_ADVERTISED_URL: "http://mvm-ci-node2:27288",
    });
    expect(memberOf(plan, "mvm-ci-node2").volume).toBeNull();
    expect(variables(plan, "worker2")).toMatchObject({
      CONTROL_PLANE_TICKET: "http://mvm-ci-node2:3020,http://mvm-ci-node1:3020",
      FLAWLESS_URL: "http://mvm-ci-node2:27288,http://mvm-ci-node1:27288",
    });
    expect(planCluster({ topology: "flawless-cluster" }).database).toBe("postgres");
  });

  test("of ticket has workers in their own network, and a hop between them and the nodes", () => {
    const plan = planCluster({ topology: "ticket", nodes: 2, workers: 3 });
    expect([plan.network, plan.workersNetwork]).toEqual([
      { subnet: "192.168.100.0/24" },
      { subnet: "192.168.101.0/24" },
    ]);
    expect(
      plan.members.map(({ name, address, workersAddress }) => [name, address, workersAddress]),
    ).toEqual([
      ["postgres", "192.168.100.9", null],
      ["mvm-ci-node1", "192.168.100.11", null],
      ["mvm-ci-node2", "192.168.100.12", null],
      ["hop", "192.168.100.8", "192.168.101.8"],
      ["worker1", null, "192.168.101.21"],
      ["worker2", null, "192.168.101.22"],
      ["worker3", null, "192.168.101.23"],
    ]);
    expect(memberOf(plan, "hop").args.hop).toEqual([
      "3021=192.168.100.11:3020",
      "3022=192.168.100.12:3020",
    ]);
    expect(memberOf(plan, "mvm-ci-node2").args["control-plane"]).toEqual([
      "--iroh",
      "0.0.0.0:3020",
      "--iroh-advertise",
      "192.168.101.8:3022",
    ]);
  });

  test("of ticket gives workers only their node's ticket, which leads through the hop", () => {
    const plan = planCluster({ topology: "ticket", nodes: 2, workers: 2 });
    const worker = memberOf(plan, "worker2");
    expect(reachedByTicket(worker)).toEqual(["mvm-ci-node2"]);
    expect(worker.dependsOn).toEqual(["mvm-ci-node2", "hop"]);
    expect(() => variables(plan, "worker2")).toThrow(/known only once it runs/);
    const ticket = `iroh+h3://endpointa${"a".repeat(52)}/`;
    const tickets = new Map([["mvm-ci-node2", ticket]]);
    expect(environmentOf(plan, worker, "name", tickets)).toEqual({
      WORKER_ID: "worker2",
      CONTROL_PLANE_TICKET: ticket,
    });
    expect(reachedByTicket(memberOf(plan, "mvm-ci-node2"))).toEqual([]);
  });

  test("of in-process has no containers", () => {
    const plan = planCluster({ topology: "in-process", nodes: 2, workers: 1 });
    expect(plan.network).toBeNull();
    expect(new Set(plan.members.map(({ where }) => where))).toEqual(new Set(["in-process"]));
  });

  test("passes on the settings of workers and the queue", () => {
    const plan = planCluster({
      topology: "shared-flawless",
      nodes: 2,
      concurrency: 3,
      heartbeatIntervalMs: 1_000,
      idleDelayMs: 5,
      workerTimeoutMs: 2_000,
      maxRetries: 0,
    });
    expect(memberOf(plan, "worker1").args.worker).toEqual([
      "--concurrency",
      "3",
      "--idle-delay",
      "5",
    ]);
    expect(variables(plan, "worker1")["WORKER_HEARTBEAT_INTERVAL_SECS"]).toBe("1");
    // Nodes that share a queue have the same rules.
    for (const { member } of plan.nodes) {
      expect(memberOf(plan, member).args["control-plane"]).toEqual([
        "--worker-timeout",
        "2",
        "--max-retries",
        "0",
      ]);
    }
  });

  test.each(topologies)("of %s names each member and port once", (topology) => {
    const plan = planCluster({ topology, nodes: 3, workers: 3 });
    const names = plan.members.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const ports = plan.members.flatMap(({ publishedPorts }) =>
      publishedPorts.map(({ host }) => host),
    );
    expect(new Set(ports).size).toBe(ports.length);
  });
});

test.each([
  [{ topology: "exposed" }, /^Invalid `topology`: expected one of exposed-port, /],
  [
    { topology: "exposed-port", nodes: 0 },
    /^Invalid `nodes`: expected a whole number from 1 to 10, but got 0\.$/,
  ],
  [{ topology: "exposed-port", workers: 1.5 }, /^Invalid `workers`: expected/],
  [
    { topology: "exposed-port", heartbeatIntervalMs: 0 },
    /^Invalid `heartbeatIntervalMs`: expected/,
  ],
  [{ topology: "exposed-port", workerTimeoutMs: 1_500 }, /whole seconds, in milliseconds/],
  [{ topology: "exposed-port", maxRetries: -1 }, /^Invalid `maxRetries`: expected/],
  [
    { topology: "exposed-port", subnet: "10.0.0.0" },
    /^Invalid `subnet`: expected a subnet such as/,
  ],
  [{ topology: "exposed-port", workersSubnet: "10.1.2.0/24" }, /^Invalid `workersSubnet`/],
  [{ topology: "same-container", nodes: 2, workers: 3 }, /3 workers need as many nodes, not 2/],
  [
    { topology: "same-container", workerFlawlessUrl: "http://x" },
    /with same-container the worker shares/,
  ],
  [{ topology: "in-process", addressing: "ip" }, /in-process has none/],
])("options that make no sense are refused: %j", (options, message) => {
  expect(() => planCluster(options as Parameters<typeof planCluster>[0])).toThrow(
    expect.objectContaining({
      code: "FLAWLESS_INVALID_OPTION",
      message: expect.stringMatching(message),
    }),
  );
});
