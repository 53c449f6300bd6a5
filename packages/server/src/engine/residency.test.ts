import { describe, expect, test, vi } from "vitest";
import { Residency, type Resident } from "./residency.ts";

/** Notes what residents are told to do, in order. */
class House {
  readonly told: string[] = [];
  readonly residency: Residency<Resident>;

  constructor(options: { places?: number; longestQueue?: number; idleMs?: number } = {}) {
    this.residency = new Residency({ places: 2, longestQueue: 10, idleMs: 60_000, ...options });
  }

  resident(name: string): Resident {
    return {
      enter: () => void this.told.push(`${name} enters`),
      leave: () => void this.told.push(`${name} leaves`),
    };
  }
}

function houseOf<Name extends string>(
  names: readonly Name[],
  options: ConstructorParameters<typeof House>[0] = {},
): { house: House; residency: Residency<Resident> } & Record<Name, Resident> {
  const house = new House(options);
  const residents = Object.fromEntries(names.map((name) => [name, house.resident(name)]));
  return { house, residency: house.residency, ...(residents as Record<Name, Resident>) };
}

describe("places", () => {
  test("are given until there is none left; then one waits for its turn, first come first served", () => {
    const { house, residency, a, b, c, d } = houseOf(["a", "b", "c", "d"]);
    for (const resident of [a, b, c, d]) {
      residency.request(resident);
    }
    expect(house.told).toEqual(["a enters", "b enters"]);
    expect(residency.queued).toBe(2);

    residency.left(b);
    residency.left(a);

    expect(house.told.slice(2)).toEqual(["c enters", "d enters"]);
    expect(residency.queued).toBe(0);
  });

  test("of one that waits go to one that can run, longest wait first", () => {
    const { house, residency, a, b, c } = houseOf(["a", "b", "c"]);
    residency.request(a);
    residency.request(b);
    residency.waits(b, 0);
    residency.waits(a, 0);

    residency.request(c);

    expect(house.told.slice(2)).toEqual(["b leaves", "c enters"]);
  });

  test("of one that begins to wait go to the one that queues", () => {
    const { house, residency, a, b, c } = houseOf(["a", "b", "c"]);
    for (const resident of [a, b, c]) {
      residency.request(resident);
    }

    residency.waits(a, 0);

    expect(house.told.slice(2)).toEqual(["a leaves", "c enters"]);
  });

  test("of one that goes on are not taken from it", () => {
    const { house, residency, a, b, c } = houseOf(["a", "b", "c"]);
    residency.request(a);
    residency.request(b);
    residency.waits(a, 0);
    residency.continues(a);

    residency.request(c);

    expect(house.told).toEqual(["a enters", "b enters"]);
    expect(residency.queued).toBe(1);
  });

  test("are not given twice to the same one", () => {
    const { house, residency, a } = houseOf(["a"]);
    residency.request(a);
    residency.request(a);

    expect(house.told).toEqual(["a enters"]);
  });

  test("are no longer wanted by one that left the queue", () => {
    const { house, residency, a, b, c } = houseOf(["a", "b", "c"]);
    for (const resident of [a, b, c]) {
      residency.request(resident);
    }
    residency.left(c);
    residency.left(a);

    expect(house.told).toEqual(["a enters", "b enters"]);
    expect(residency.queued).toBe(0);
  });

  test("are free again for one that left and comes back", () => {
    const { house, residency, a } = houseOf(["a"], { places: 1 });
    residency.request(a);
    residency.left(a);
    residency.request(a);

    expect(house.told).toEqual(["a enters", "a enters"]);
  });
});

describe("waiting", () => {
  test("makes one leave at once where that is wished", () => {
    const { house, residency, a } = houseOf(["a"], { idleMs: 0 });
    residency.request(a);
    residency.waits(a, 0);

    expect(house.told).toEqual(["a enters", "a leaves"]);
  });

  test("for long makes one leave at the next sweep, not one that has just begun", () => {
    vi.useFakeTimers();
    try {
      const { house, residency, a, b } = houseOf(["a", "b"], { idleMs: 1_000 });
      residency.request(a);
      residency.request(b);
      residency.waits(a, 0);
      vi.advanceTimersByTime(600);
      residency.waits(b, 0);
      vi.advanceTimersByTime(600);

      residency.sweep();

      expect(house.told.slice(2)).toEqual(["a leaves"]);
    } finally {
      vi.useRealTimers();
    }
  });

  test("makes one leave at once that would have to before its time is over", () => {
    const { house, residency, a, b } = houseOf(["a", "b"], { idleMs: 1_000 });
    residency.request(a);
    residency.request(b);
    residency.waits(a, 999);
    residency.waits(b, 1_000);

    expect(house.told.slice(2)).toEqual(["b leaves"]);
  });

  test("means nothing for one that has no place", () => {
    const { house, residency, a } = houseOf(["a"], { idleMs: 0 });
    residency.waits(a, 0);

    expect(house.told).toEqual([]);
  });
});

test("a queue that is full takes no one more", () => {
  const { residency, a, b } = houseOf(["a", "b"], { places: 1, longestQueue: 1 });
  residency.request(a);
  expect(() => residency.assertRoomForOneMore()).not.toThrow();
  residency.request(b);

  expect(() => residency.assertRoomForOneMore()).toThrow(
    expect.objectContaining({ code: "LIMIT_REACHED" }) as Error,
  );
});
