import { afterAll, beforeAll, beforeEach, describe } from "vitest";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";
import { skipWithoutDocker } from "../../containers/docker/skip-without-docker.ts";
import { TestkitError } from "../../errors.ts";
import type { ClusterOptions } from "../cluster-options.ts";
import { Cluster } from "../cluster.ts";
import type { Topology } from "../plan/topology.ts";

/** The context of a suite. */
export interface TopologyContext {
  /** The topology that this run of the suite is for. */
  readonly topology: Topology;
  /**
   * The suite's cluster. It is started before the suite's first test, and disposed of after its last.
   *
   * @throws TestkitError `FLAWLESS_TESTKIT_NOT_STARTED` outside of tests and hooks, where it doesn't exist yet
   */
  readonly cluster: Cluster;
}

/** Options of {@link describeTopologies}. If the cluster's options differ by topology, give a function. */
export interface DescribeTopologiesOptions {
  /** Default: one node and one worker. */
  readonly cluster?:
    | Omit<ClusterOptions, "topology">
    | ((
        topology: Topology,
      ) => Omit<ClusterOptions, "topology"> | Promise<Omit<ClusterOptions, "topology">>)
    | undefined;
  /** How long starting the cluster may take, in milliseconds, including the image's build. Default 300,000. */
  readonly startTimeoutMs?: number | undefined;
}

const describeOptionNames = optionNames<DescribeTopologiesOptions>({
  cluster: true,
  startTimeoutMs: true,
});

const shownLines = 30;
const stopTimeoutMs = 60_000;

/**
 * Runs the same suite on several topologies, each with its own cluster.
 *
 * Without Docker, those with containers are skipped, and one line says so. With the variable `CI` set, they
 * fail instead.
 * If a test fails, the ends of all members' logs are shown.
 *
 * ```ts
 * describeTopologies(["in-process", "shared-flawless"], (suite) => {
 *   test("a crawl completes", async () => {
 *     const id = await suite.cluster.publish({ payload: { url: "https://example.com" } });
 *     expect(await suite.cluster.waitForJob(id)).toMatchObject({ status: "Completed" });
 *   });
 * }, { cluster: { nodes: 3, workers: 2 } });
 * ```
 */
export function describeTopologies(
  names: readonly Topology[],
  suite: (context: TopologyContext) => void,
  options: DescribeTopologiesOptions = {},
): void {
  refuseUnknownOptions(options, describeOptionNames);
  describe("topologies", async () => {
    const skipped = await whichToSkip(names);
    for (const topology of names) {
      describe.skipIf(skipped.includes(topology))(`${topology}`, () => {
        suite(clusterOf(topology, options));
      });
    }
  });
}

async function whichToSkip(names: readonly Topology[]): Promise<readonly Topology[]> {
  const contained = names.filter((topology) => topology !== "in-process");
  const skip = contained.length > 0 && (await skipWithoutDocker(contained.join(", ")));
  return skip ? contained : [];
}

function clusterOf(topology: Topology, options: DescribeTopologiesOptions): TopologyContext {
  const { cluster: given = {}, startTimeoutMs = 300_000 } = options;
  let started: Cluster | undefined;
  beforeAll(async () => {
    const settings = typeof given === "function" ? await given(topology) : given;
    started = await Cluster.start({ ...settings, topology });
  }, startTimeoutMs);
  afterAll(() => started?.[Symbol.asyncDispose](), stopTimeoutMs);
  beforeEach(({ onTestFailed }) => {
    onTestFailed(async () => {
      if (started !== undefined) {
        console.error(await endsOfLogs(started));
      }
    });
  });
  return {
    topology,
    get cluster() {
      if (started === undefined) {
        throw new TestkitError(
          "FLAWLESS_TESTKIT_NOT_STARTED",
          "The cluster is there in tests and hooks only: read `cluster` of the context in them.",
        );
      }
      return started;
    },
  };
}

async function endsOfLogs(cluster: Cluster): Promise<string> {
  const parts = cluster.plan.members.map(async (member) => {
    const log = await cluster.logs(member).catch((error: unknown) => String(error));
    const lines = log.trimEnd().split("\n").slice(-shownLines);
    return `--- the end of ${member.name}'s log (${cluster.topology}):\n${lines.join("\n")}`;
  });
  return (await Promise.all(parts)).join("\n");
}
