import { describe, expect, test, vi } from "vitest";
import { Residency, type Resident } from "./residency.ts";

/** Records what residents are told to do, in order. */
class House {
  readonly told: string[] = [];
  readonly residency: Residency<Resident>;

  constructor(options: { places?: number; maxQueue?: number; idleMs?: number } = {}) {
    this.residency = new Residency({ places: 2, maxQueue: 10, idleMs: 60_000, ...options });
  }

  #last = 0;

  /** @param root of the tree that it belongs to; default: itself */
  resident(name: string, root?: number): Resident {
    this.#last += 1;
    return {
      id: this.#last,
      root: root ?? this.#last,
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
  test("are given until none is left; then each waits for its turn, first come, first served", () => {
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

  test("of one that continues are not taken from it", () => {
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

  test("are no longer requested by one that left the queue", () => {
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
  test("makes one leave immediately on request", () => {
    const { house, residency, a } = houseOf(["a"], { idleMs: 0 });
    residency.request(a);
    residency.waits(a, 0);

    expect(house.told).toEqual(["a enters", "a leaves"]);
  });

  test("for long makes one leave at the next sweep, but not one that has just begun", () => {
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

  test("makes one leave immediately if it would have to leave before its time is over", () => {
    const { house, residency, a, b } = houseOf(["a", "b"], { idleMs: 1_000 });
    residency.request(a);
    residency.request(b);
    residency.waits(a, 999);
    residency.waits(b, 1_000);

    expect(house.told.slice(2)).toEqual(["b leaves"]);
  });

  test("has no effect for one that has no place", () => {
    const { house, residency, a } = houseOf(["a"], { idleMs: 0 });
    residency.waits(a, 0);

    expect(house.told).toEqual([]);
  });
});

test("a full queue accepts no more", () => {
  const { residency, a, b } = houseOf(["a", "b"], { places: 1, maxQueue: 1 });
  residency.request(a);
  expect(() => residency.assertRoomForOneMore()).not.toThrow();
  residency.request(b);

  expect(() => residency.assertRoomForOneMore()).toThrow(
    expect.objectContaining({ code: "LIMIT_REACHED" }) as Error,
  );
});

describe("the trees of workflows that start others", () => {
  /** Six places, and a root (1) with this many children. */
  function crowdOf(children: number): { house: House; crowd: Resident[]; stranger: Resident } {
    const house = new House({ places: 8, maxQueue: 1 });
    const root = house.resident("root");
    const crowd = [root];
    for (let child = 1; child <= children; child += 1) {
      crowd.push(house.resident(`child ${child}`, root.id));
    }
    return { house, crowd, stranger: house.resident("stranger") };
  }

  test("have at most half of the places", () => {
    const { house, crowd, stranger } = crowdOf(9);
    for (const resident of crowd) {
      house.residency.request(resident);
    }
    expect(house.residency.inside).toBe(4);
    expect(house.residency.queued).toBe(6);

    house.residency.request(stranger);

    expect(house.told.at(-1)).toBe("stranger enters");
  });

  test("make room among themselves when they have their share", () => {
    const { house, crowd, stranger } = crowdOf(4);
    house.residency.request(stranger);
    house.residency.waits(stranger, 0);
    for (const resident of crowd.slice(0, 4)) {
      house.residency.request(resident);
    }
    house.residency.waits(crowd[2] as Resident, 0);

    house.residency.request(crowd[4] as Resident);

    expect(house.told.slice(-2)).toEqual(["child 2 leaves", "child 4 enters"]);
  });

  test("queue in turns: each root admits one, then the next root does", () => {
    const house = new House({ places: 1, maxQueue: 1 });
    const { residency } = house;
    const inside = house.resident("inside");
    residency.request(inside);
    const queue = ["a", "b"].flatMap((name, index) => [
      house.resident(`${name}1`, 100 + index),
      house.resident(`${name}2`, 100 + index),
      house.resident(`${name}3`, 100 + index),
    ]);
    for (const resident of queue) {
      residency.request(resident);
    }

    const order: string[] = [];
    for (let last = inside; residency.queued > 0;) {
      residency.left(last);
      const name = house.told.at(-1)?.split(" ")[0] ?? "";
      order.push(name);
      last = queue.find((_, index) => ["a1", "a2", "a3", "b1", "b2", "b3"][index] === name) ?? last;
    }

    expect(order).toEqual(["a1", "b1", "a2", "b2", "a3", "b3"]);
  });

  test("do not keep callers out: only roots count for the queue", () => {
    const { house, crowd } = crowdOf(20);
    for (const resident of crowd) {
      house.residency.request(resident);
    }
    expect(house.residency.queued).toBe(17);
    expect(() => house.residency.assertRoomForOneMore()).not.toThrow();
  });

  test("one that leaves the queue no longer has a turn", () => {
    const { house, crowd } = crowdOf(5);
    for (const resident of crowd) {
      house.residency.request(resident);
    }
    house.residency.left(crowd[4] as Resident);
    expect(house.residency.queued).toBe(1);

    house.residency.left(crowd[0] as Resident);

    expect(house.told.at(-1)).toBe("child 5 enters");
    expect(house.residency.queued).toBe(0);
  });
});

test("workflows that leave memory together admit others, but none of them for another", () => {
  const { house, residency, a, b, c, d } = houseOf(["a", "b", "c", "d"]);
  for (const resident of [a, b, c, d]) {
    residency.request(resident);
  }
  house.told.length = 0;

  residency.leftTogether([a, b, c]);

  expect(house.told).toEqual(["d enters"]);
  expect([residency.inside, residency.queued]).toEqual([1, 0]);
});
