import { testEachJobOnce } from "./testing/each-job-once.ts";

testEachJobOnce(1_000, 120_000);
