import { setTimeout as sleep } from "node:timers/promises";
import type { WorkflowInfo } from "@flawless-ts/sdk";
import type { ClusterOptions } from "../cluster-options.ts";
import type { Cluster } from "../cluster.ts";
import type { Topology } from "../plan/topology.ts";
import { quick } from "./quick.ts";
import { suiteModule } from "./suite-module.ts";

/** Three nodes and four workers, or as many as the nodes can have. */
export async function suiteCluster(
  topology: Topology,
  concurrency: number,
): Promise<Omit<ClusterOptions, "topology">> {
  const workers = topology === "same-container" ? 3 : 4;
  return { ...quick, concurrency, nodes: 3, workers, modules: [await suiteModule()] };
}

/**
 * The sorted numbers of the jobs that were run, from the inputs of all workflows on all servers. Each number occurs as
 * often as its job was run.
 */
export async function numbersRun(cluster: Cluster): Promise<readonly number[]> {
  const numbers: number[] = [];
  // Each node of a cluster knows the workflows of all.
  const servers =
    cluster.topology === "flawless-cluster" ? [cluster.flawless] : cluster.flawlessServers;
  for (const flawless of servers) {
    const workflows: WorkflowInfo[] = [];
    for await (const workflow of flawless.workflows()) {
      if (workflow.workflow === "start") {
        workflows.push(workflow);
      }
    }
    for (const { id } of workflows) {
      const { input } = await flawless.workflow(id).journal();
      numbers.push((JSON.parse(input) as { readonly id: number }).id);
    }
  }
  return numbers.toSorted((one, other) => one - other);
}

/**
 * Publishes jobs until the worker with this id is running one.
 *
 * @returns the job
 */
export async function giveJobTo(cluster: Cluster, workerId: string, url: string): Promise<string> {
  const since = performance.now();
  for (;;) {
    for (const _worker of cluster.workers) {
      await cluster.publish({ payload: { url } });
    }
    // Usually all are taken immediately, because there are as many workers as jobs, but a worker may be slow.
    for (let look = 0; look < 40; look += 1) {
      const job = (await cluster.controlPlane.list()).find(
        ({ status, assignedWorkerId }) => status === "InProgress" && assignedWorkerId === workerId,
      );
      if (job !== undefined) {
        return job.id;
      }
      await sleep(50);
    }
    if (performance.now() - since > 60_000) {
      throw new Error(`${workerId} has got no job within a minute.`);
    }
  }
}
