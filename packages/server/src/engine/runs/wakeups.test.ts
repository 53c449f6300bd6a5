import { describe, expect, test } from "vitest";
import { MemoryWorkflowStore } from "../../store/memory-workflow-store.ts";
import type { Wakeup } from "../../store/workflow-store.ts";
import { StoreWrapper } from "../../testing/store-wrapper.ts";
import { storedWorkflow } from "../../testing/stored-workflow.ts";
import { TestClock } from "../../testing/test-clock.ts";
import { turn, until } from "../../testing/until.ts";
import { Wakeups } from "./wakeups.ts";

/** Counts how often it is read, and may fail or be slow. */
class ReadStore extends StoreWrapper {
  reads = 0;
  failures = 0;
  beforeRead: () => Promise<void> = async () => undefined;

  override async wakeups(after: Wakeup | null, limit: number): Promise<readonly Wakeup[]> {
    this.reads += 1;
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error("can't read");
    }
    const page = await super.wakeups(after, limit);
    await this.beforeRead();
    return page;
  }
}

class Setup {
  readonly clock = new TestClock(1_000);
  readonly store = new ReadStore(new MemoryWorkflowStore());
  readonly woken: Wakeup[] = [];
  readonly failures: unknown[] = [];
  onWake: (wakeup: Wakeup) => Promise<void> = async () => undefined;
  rested = 0;
  readonly wakeups = new Wakeups(this.store, this.clock, {
    wake: async (wakeup) => {
      this.woken.push(wakeup);
      await this.onWake(wakeup);
    },
    flush: async () => undefined,
    failed: (error) => this.failures.push(error),
    rested: () => (this.rested += 1),
  });

  /** Makes workflows in the journal sleep until these times. Their ids start at 1. */
  async sleepers(...times: readonly number[]): Promise<void> {
    const first = (await this.store.lastId()) + 1;
    await this.store.commit(
      times.map((wakeAt, index) => ({
        kind: "create",
        workflow: storedWorkflow(first + index, { wakeAt }),
      })),
    );
  }

  /** Lets time pass, with a rest at each timer. */
  async pass(milliseconds: number): Promise<void> {
    const target = this.clock.now() + milliseconds;
    await this.rest();
    for (let next = this.clock.next; next !== undefined && next <= target; next = this.clock.next) {
      this.clock.advance(next - this.clock.now());
      await this.rest();
    }
    this.clock.advance(target - this.clock.now());
  }

  async rest(): Promise<void> {
    await turn();
    await until(() => !this.wakeups.busy);
  }

  get wokenTimes(): readonly number[] {
    return this.woken.map(({ wakeAt }) => wakeAt);
  }
}

test("what is due at the start is woken immediately, the rest at its time, in order", async () => {
  const setup = new Setup();
  await setup.sleepers(1_300, 0, 1_100, 900, 0);
  setup.wakeups.start();
  await setup.rest();
  expect(setup.woken).toEqual([
    { id: 2, wakeAt: 0 },
    { id: 5, wakeAt: 0 },
    { id: 4, wakeAt: 900 },
  ]);

  await setup.pass(99);
  expect(setup.woken).toHaveLength(3);
  await setup.pass(1);
  expect(setup.wokenTimes.slice(3)).toEqual([1_100]);
  await setup.pass(1_000);
  expect(setup.wokenTimes.slice(4)).toEqual([1_300]);
});

test("thousands are woken once each, in order; only a page of them is in memory at a time", async () => {
  const setup = new Setup();
  const times = Array.from({ length: 2_500 }, (_, index) => 2_000 + ((index * 7_919) % 2_500));
  await setup.sleepers(...times);
  setup.wakeups.start();
  await setup.rest();
  expect(setup.store.reads).toBe(1);

  await setup.pass(5_000);

  expect(setup.wokenTimes).toEqual([...times].toSorted((a, b) => a - b));
  expect(new Set(setup.woken.map(({ id }) => id)).size).toBe(2_500);
  expect(setup.store.reads).toBe(3);
});

test("sleepers that fill a page exactly are all woken", async () => {
  const setup = new Setup();
  await setup.sleepers(...Array.from({ length: 1_000 }, () => 2_000));
  setup.wakeups.start();
  await setup.pass(2_000);
  setup.wakeups.add({ id: 5_000, wakeAt: 3_500 });
  await setup.pass(1_000);

  expect(setup.woken).toHaveLength(1_001);
});

describe("a time that is added", () => {
  test("before all others is the next one to come", async () => {
    const setup = new Setup();
    await setup.sleepers(2_000);
    setup.wakeups.start();
    await setup.rest();
    setup.wakeups.add({ id: 9, wakeAt: 1_500 });
    await setup.pass(500);

    expect(setup.woken).toEqual([{ id: 9, wakeAt: 1_500 }]);
  });

  test("beyond the page in memory is left to the journal, and woken once", async () => {
    const setup = new Setup();
    await setup.sleepers(...Array.from({ length: 1_000 }, () => 2_000));
    setup.wakeups.start();
    await setup.rest();
    await setup.sleepers(2_500);
    setup.wakeups.add({ id: 1_001, wakeAt: 2_500 });
    await setup.pass(2_000);

    expect(setup.woken.filter(({ id }) => id === 1_001)).toEqual([{ id: 1_001, wakeAt: 2_500 }]);
  });

  test("with too many others is left to the journal; all are woken once, in order", async () => {
    const setup = new Setup();
    setup.wakeups.start();
    await setup.rest();
    const times = Array.from({ length: 12_000 }, (_, index) => 2_000 + ((index * 7) % 12_000));
    await setup.sleepers(...times);
    times.forEach((wakeAt, index) => setup.wakeups.add({ id: index + 1, wakeAt }));
    expect(setup.store.reads).toBe(1);
    await setup.pass(20_000);

    expect(setup.store.reads).toBeGreaterThan(1);
    expect(setup.woken.map(({ wakeAt }) => wakeAt)).toEqual(times.toSorted((a, b) => a - b));
  });

  test("while a page is read is not lost", async () => {
    const setup = new Setup();
    const page = Promise.withResolvers<void>();
    setup.store.beforeRead = () => page.promise;
    setup.wakeups.start();
    await until(() => setup.store.reads === 1);
    setup.wakeups.add({ id: 1, wakeAt: 1_500 });
    page.resolve();
    await setup.pass(500);

    expect(setup.woken).toEqual([{ id: 1, wakeAt: 1_500 }]);
  });

  test("is not woken before the caller that added it is done, even if it is due by then", async () => {
    const setup = new Setup();
    setup.wakeups.start();
    await setup.rest();
    setup.wakeups.add({ id: 1, wakeAt: setup.clock.now() });
    const wokenMeanwhile = setup.woken.length;
    await setup.rest();

    expect([wokenMeanwhile, setup.woken.length]).toEqual([0, 1]);
  });

  test("in the past is woken immediately", async () => {
    const setup = new Setup();
    setup.wakeups.start();
    await setup.rest();
    setup.wakeups.add({ id: 1, wakeAt: 500 });
    await setup.rest();

    expect(setup.woken).toEqual([{ id: 1, wakeAt: 500 }]);
  });
});

test("a clock that is set back wakes nobody before the intended time", async () => {
  const setup = new Setup();
  await setup.sleepers(1_200);
  setup.wakeups.start();
  await setup.rest();
  setup.clock.set(0);
  await setup.pass(1_199);
  expect(setup.woken).toEqual([]);
  await setup.pass(1);

  expect(setup.woken).toEqual([{ id: 1, wakeAt: 1_200 }]);
});

test("a clock that is set forward wakes all that is due with its next timer", async () => {
  const setup = new Setup();
  await setup.sleepers(1_200, 1_300, 90_000);
  setup.wakeups.start();
  await setup.rest();
  setup.clock.set(50_000);
  await setup.pass(0);

  expect(setup.wokenTimes).toEqual([1_200, 1_300]);
});

test("only so many are woken at the same time", async () => {
  const setup = new Setup();
  let together = 0;
  let most = 0;
  const gate = Promise.withResolvers<void>();
  setup.onWake = async () => {
    most = Math.max(most, ++together);
    await gate.promise;
    together -= 1;
  };
  await setup.sleepers(...Array.from({ length: 300 }, () => 0));
  setup.wakeups.start();
  await until(() => together >= 64);
  await turn();
  expect(setup.wakeups.busy).toBe(true);

  gate.resolve();
  await setup.rest();

  expect(most).toBe(64);
  expect(setup.woken).toHaveLength(300);
});

describe("failures of the store", () => {
  test("when waking one are reported, keep no other asleep, and are retried", async () => {
    const setup = new Setup();
    let attempts = 0;
    setup.onWake = async ({ id }) => {
      if (id === 1 && ++attempts === 1) {
        throw new Error("not now");
      }
    };
    await setup.sleepers(0, 0);
    setup.wakeups.start();
    await setup.rest();
    expect(setup.failures).toEqual([new Error("not now")]);
    expect(setup.woken.map(({ id }) => id)).toEqual([1, 2]);

    await setup.pass(1_000);

    expect(setup.woken.map(({ id }) => id)).toEqual([1, 2, 1]);
    expect(setup.failures).toHaveLength(1);
  });

  test("when reading are reported and retried", async () => {
    const setup = new Setup();
    setup.store.failures = 2;
    await setup.sleepers(1_500);
    setup.wakeups.start();
    await setup.pass(2_500);

    expect(setup.failures).toHaveLength(2);
    expect(setup.woken).toEqual([{ id: 1, wakeAt: 1_500 }]);
  });
});

test("after a stop nobody is woken", async () => {
  const setup = new Setup();
  await setup.sleepers(1_500);
  setup.wakeups.start();
  await setup.rest();
  setup.wakeups.stop();
  setup.wakeups.add({ id: 9, wakeAt: 1_001 });
  await setup.pass(1_000);

  expect(setup.woken).toEqual([]);
  expect(setup.clock.timers).toBe(0);
});

test("wake-ups report when all that was due is awake", async () => {
  const setup = new Setup();
  await setup.sleepers(0);
  setup.wakeups.start();
  expect(setup.wakeups.busy).toBe(true);
  await until(() => setup.rested > 0);

  expect(setup.wakeups.busy).toBe(false);
  expect(setup.woken).toHaveLength(1);
});
