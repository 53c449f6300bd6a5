import { describe, expect, test } from "vitest";
import { openPath } from "../testing/open-path.ts";
import { newHost, refusalOf } from "../testing/test-host.ts";
import { pollOneoff } from "./poll-oneoff.ts";

type Wanted = Parameters<typeof pollOneoff.perform>[1]["events"][number];

const timer = (userData: bigint, timeout: bigint, more: object = {}): Wanted => ({
  kind: "clock",
  userData,
  clock: "monotonic",
  timeout,
  absolute: false,
  ...more,
});
const ready = (userData: bigint, kind: "read" | "write", fd: number): Wanted => ({
  kind,
  userData,
  fd,
});

describe("poll_oneoff", () => {
  test("sleeping moves the clock, and takes no time", () => {
    const { host } = newHost();
    expect(pollOneoff.perform(host, { events: [timer(7n, 10n ** 18n)] }).events).toEqual([
      { kind: "clock", userData: 7n, bytes: 0 },
    ]);
    expect(host.clock.elapsed).toBe(10n ** 18n);
  });

  test("the earliest of several times counts, and all due ones are returned", () => {
    const { host } = newHost();
    const events = [timer(1n, 500n), timer(2n, 100n), timer(3n, 100n)];
    const came = pollOneoff.perform(host, { events }).events.map(({ userData }) => userData);
    expect(came).toEqual([2n, 3n]);
    expect(host.clock.elapsed).toBe(100n);
  });

  test("times can use either clock, and may be past", () => {
    const { host } = newHost({ clock: 5 });
    const at = (timeout: bigint, clock: string): bigint => {
      pollOneoff.perform(host, { events: [timer(1n, timeout, { clock, absolute: true })] });
      return host.clock.elapsed;
    };
    expect(at(5_000_100n, "realtime")).toBe(100n);
    expect(at(300n, "monotonic")).toBe(300n);
    expect(at(200n, "monotonic")).toBe(300n);
    expect(at(0n, "realtime")).toBe(300n);
  });

  test("descriptors are always ready, so there is no sleep", () => {
    const { host } = newHost({ stdin: "hello", files: { a: "text" } });
    const file = openPath(host, "a");
    const events = [
      timer(1n, 500n),
      ready(2n, "read", 0),
      ready(3n, "write", 1),
      ready(4n, "read", file),
      timer(5n, 0n),
    ];
    expect(pollOneoff.perform(host, { events }).events).toEqual([
      { kind: "read", userData: 2n, bytes: 5 },
      { kind: "write", userData: 3n, bytes: 0 },
      { kind: "read", userData: 4n, bytes: 4 },
      { kind: "clock", userData: 5n, bytes: 0 },
    ]);
    expect(host.clock.elapsed).toBe(0n);
  });

  test("refuses the whole call if something can't be waited for", () => {
    const { host } = newHost();
    const refusal = (wanted: Wanted): unknown =>
      refusalOf(() => pollOneoff.perform(host, { events: [timer(1n, 5n), wanted] }));
    expect(refusal(ready(2n, "read", 9))).toBe("badf");
    expect(refusal(ready(2n, "read", 3))).toBe("badf");
    expect(refusal(ready(2n, "read", 1))).toBe("badf");
    expect(refusal(ready(2n, "write", 0))).toBe("badf");
    expect(refusal(timer(2n, 5n, { clock: 17 }))).toBe("inval");
    expect(host.clock.elapsed).toBe(0n);
  });

  test("sleeping forever ends with the clock", () => {
    const { host } = newHost();
    const { events } = pollOneoff.perform(host, { events: [timer(1n, 2n ** 64n - 1n)] });
    expect(events).toHaveLength(1);
  });

  test("waiting for nothing is refused", () => {
    const { host } = newHost();
    expect(refusalOf(() => pollOneoff.perform(host, { events: [] }))).toBe("inval");
  });
});
