import { expect, test } from "vitest";
import {
  Cluster,
  ClusterNetwork,
  ControlPlaneContainer,
  FlawlessContainer,
  NodeContainer,
  WorkerContainer,
} from "./containers/index.ts";
import { crashEverywhere } from "./index.ts";

const misspelt: object = { imgae: "x" };

// All of them are refused before Docker is called.
test.each<[string, () => unknown]>([
  ["FlawlessContainer", () => new FlawlessContainer(misspelt)],
  ["ControlPlaneContainer", () => new ControlPlaneContainer(misspelt)],
  ["NodeContainer", () => new NodeContainer(misspelt)],
  ["WorkerContainer", () => new WorkerContainer(misspelt)],
  ["ClusterNetwork", () => ClusterNetwork.create(misspelt)],
  ["Cluster", () => Cluster.start({ ...misspelt, topology: "in-process" })],
  ["crashEverywhere", () => crashEverywhere(async () => undefined, misspelt)],
])("%s refuses a misspelt option", async (_name, make) => {
  await expect(async () => make()).rejects.toMatchObject({
    code: "FLAWLESS_INVALID_OPTION",
    option: "imgae",
    message: expect.stringContaining("there is no such option"),
  });
});
