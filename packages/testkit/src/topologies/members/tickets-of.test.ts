import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import type { ClusterPlan } from "../plan/cluster-plan.ts";
import { planCluster } from "../plan/plan-cluster.ts";
import { ticketsOf } from "./tickets-of.ts";

/** A node with this response. */
async function node(answer: string): Promise<AsyncDisposable & { readonly plan: ClusterPlan }> {
  const server = createServer((_request, response) => {
    response.setHeader("connection", "close").end(answer);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const plan = planCluster({ topology: "ticket" });
  const publishedPorts = [{ container: 3_020, host: port }];
  return {
    plan: { ...plan, members: plan.members.map((member) => ({ ...member, publishedPorts })) },
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("nodes are asked for their tickets", async () => {
  await using started = await node('{"transport":"iroh","ticket":"iroh+h3://endpointa/"}');
  expect(await ticketsOf(started.plan, ["mvm-ci-node1"], 20_000)).toEqual(
    new Map([["mvm-ci-node1", "iroh+h3://endpointa/"]]),
  );
});

test.each(['{"transport":"http"}', "no JSON"])(
  "a node that answers %s is named",
  async (answer) => {
    await using started = await node(answer);
    await expect(ticketsOf(started.plan, ["mvm-ci-node1"], 20_000)).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_CONTAINER_FAILED",
      message: expect.stringContaining("mvm-ci-node1 does not tell a ticket"),
    });
  },
);
