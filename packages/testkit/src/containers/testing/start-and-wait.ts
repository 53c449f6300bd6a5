// Run as a separate process by a test, which kills it.
import { setTimeout as sleep } from "node:timers/promises";
import { ClusterNetwork } from "../cluster-network.ts";
import { FlawlessContainer } from "../flawless-container.ts";
import { currentSession } from "../session/session.ts";
import { Volume } from "../volume.ts";

const network = await ClusterNetwork.create();
const volume = await Volume.create();
await new FlawlessContainer().withNetwork(network).withVolume(volume).start();
process.send?.((await currentSession()).id);
await sleep(120_000);
