import { describe, expect, test } from "vitest";
import { newHost, refusalOf } from "../testing/test-host.ts";
import { clockName, clockResGet, clockTimeGet, randomGet } from "./world-calls.ts";

describe("clock_time_get", () => {
  test("each reading advances all clocks", () => {
    const { host } = newHost({ clock: { startTime: 1000, stepMs: 0.5 } });
    const read = (clock: "realtime" | "monotonic" | "process_cputime" | "thread_cputime"): bigint =>
      clockTimeGet.perform(host, { clock }).time;
    expect([read("realtime"), read("realtime")]).toEqual([1_000_000_000n, 1_000_500_000n]);
    expect([read("monotonic"), read("process_cputime"), read("thread_cputime")]).toEqual([
      1_000_000n,
      1_500_000n,
      2_000_000n,
    ]);
  });

  test("clocks have numbers, and others are refused", () => {
    const { host } = newHost();
    expect([0, 1, 2, 3, 4].map(clockName)).toEqual([
      "realtime",
      "monotonic",
      "process_cputime",
      "thread_cputime",
      4,
    ]);
    expect(refusalOf(() => clockTimeGet.perform(host, { clock: 4 }))).toBe("inval");
    expect(refusalOf(() => clockResGet.perform(host, { clock: 4 }))).toBe("inval");
    expect(host.clock.elapsed).toBe(0n);
  });

  test("the resolution is a microsecond", () => {
    const { host } = newHost();
    expect(clockResGet.perform(host, { clock: "realtime" })).toEqual({ resolution: 1000n });
  });
});

describe("random_get", () => {
  test("returns the seed's bytes in sequence", () => {
    const [first, second] = [newHost({ seed: 3 }).host, newHost({ seed: 3 }).host];
    const take = (host: typeof first, length: number): string =>
      Buffer.from(randomGet.perform(host, { length }).data).toString("hex");
    expect(take(first, 2) + take(first, 4)).toBe(take(second, 6));
    expect(take(newHost({ seed: 4 }).host, 6)).not.toBe(take(newHost({ seed: 3 }).host, 6));
  });
});
