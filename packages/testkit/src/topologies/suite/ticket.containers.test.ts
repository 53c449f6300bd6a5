import { expect, test } from "vitest";
import { memberOf } from "../plan/links.ts";
import { quick } from "../testing/quick.ts";
import { suiteModule } from "../testing/suite-module.ts";
import { describeTopologies } from "../vitest/describe-topologies.ts";

/** Machines that run many containers at once are slow. */
const timeout = 180_000;
const polling = { timeout: 60_000 } as const;

describeTopologies(
  ["ticket"],
  (suite) => {
    test("a worker reaches its node only by the ticket", { timeout }, async () => {
      const { cluster } = suite;
      const outcome = async (url?: string): Promise<string> =>
        (await cluster.explainReachability("worker1", url)).outcome;
      const { address } = memberOf(cluster.plan, "mvm-ci-node1");
      const { workersAddress } = memberOf(cluster.plan, "hop");
      expect(await outcome()).toBe("ok");
      expect(await outcome("http://mvm-ci-node1:27288")).toBe("name-not-found");
      expect(await outcome(`http://${address}:27288`)).toBe("timeout");
      expect(await outcome(`http://${workersAddress}:3021`)).toBe("refused");
    });

    test(
      "while the hop hangs, jobs wait; when it continues, they are run",
      { timeout },
      async () => {
        const { cluster } = suite;
        const status = async (): Promise<string> =>
          (await cluster.controlPlane.workers.get("worker1")).status;
        await cluster.pause("hop");
        await expect.poll(status, polling).toBe("offline");
        const id = await cluster.publish({ payload: { url: "sleep:10" } });
        expect((await cluster.controlPlane.job(id))?.status).toBe("Pending");
        await cluster.resume("hop");
        expect(await cluster.waitForJob(id)).toMatchObject({ status: "Completed" });
      },
    );

    test("a restarted node keeps its ticket", { timeout }, async () => {
      const { cluster } = suite;
      await cluster.kill("mvm-ci-node1");
      await cluster.restart("mvm-ci-node1");
      const id = await cluster.publish({ payload: { url: "sleep:10" } });
      expect(await cluster.waitForJob(id)).toMatchObject({ status: "Completed" });
    });
  },
  { cluster: async () => ({ ...quick, modules: [await suiteModule()] }) },
);
