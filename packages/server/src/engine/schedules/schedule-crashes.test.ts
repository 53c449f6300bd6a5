import { memorySetup } from "../../testing/store-setups.ts";
import { scheduleSweepContract } from "../../testing/schedule-sweep-contract.ts";

scheduleSweepContract({ setup: memorySetup, groupCommits: true });
