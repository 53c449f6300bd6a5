import { crashSweepContract } from "../../testing/crash-sweep-contract.ts";

crashSweepContract();
