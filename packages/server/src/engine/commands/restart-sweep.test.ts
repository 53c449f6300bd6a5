import { restartSweepContract } from "../../testing/restart-sweep-contract.ts";

restartSweepContract();
