import { expect, test } from "vitest";
import { MemoryStorage } from "../store/memory-storage.ts";
import { MemoryWorkflowStore } from "../store/memory-workflow-store.ts";
import { create } from "../testing/stored-workflow.ts";
import { TestClock } from "../testing/test-clock.ts";
import { until } from "../testing/until.ts";
import { Retention, type RetentionOptions } from "./retention.ts";

const dayMs = 24 * 3_600_000;

class Setup {
  readonly clock = new TestClock();
  readonly storage = new MemoryStorage();
  readonly store = new MemoryWorkflowStore(this.storage);
  readonly errors: unknown[] = [];
  readonly counts: number[] = [];

  async ended(count: number, endedAt: number): Promise<void> {
    const first = (await this.store.lastId()) + 1;
    await this.store.commit(
      Array.from({ length: count }, (_, index) =>
        create(first + index, { status: "completed", wakeAt: null, endedAt }),
      ),
    );
  }

  begin(options: Partial<RetentionOptions> = {}): Retention {
    return new Retention({
      store: this.store,
      clock: this.clock,
      retainMs: dayMs,
      onError: (error) => this.errors.push(error),
      onPruned: (count) => this.counts.push(count),
      ...options,
    });
  }
}

test("old ended workflows are deleted at startup, in batches; the others when they are old enough", async () => {
  const setup = new Setup();
  await setup.ended(450, setup.clock.now() - dayMs - 1);
  await setup.ended(3, setup.clock.now() - dayMs + 5_000);
  await setup.store.commit([create(1_000)]);
  const retention = setup.begin();
  await until(() => setup.clock.timers > 0);

  expect(setup.counts).toEqual([450]);
  expect(setup.storage.workflows.size).toBe(4);

  setup.clock.advance(60_000);
  await until(() => setup.counts.length > 1);
  await retention.stop();

  expect(setup.counts).toEqual([450, 3]);
  expect([...setup.storage.workflows.keys()]).toEqual([1_000]);
});

test("a journal that can't be written is retried later", async () => {
  const setup = new Setup();
  await setup.ended(2, 0);
  class Failing extends MemoryWorkflowStore {
    failures = 1;
    override async prune(endedBefore: number, limit: number): Promise<number> {
      this.failures -= 1;
      if (this.failures >= 0) {
        throw new Error("disk full");
      }
      return super.prune(endedBefore, limit);
    }
  }
  const retention = setup.begin({ store: new Failing(setup.storage) });
  await until(() => setup.clock.timers > 0);
  expect(setup.errors).toHaveLength(1);

  setup.clock.advance(60_000);
  await until(() => setup.counts.length > 0);
  await retention.stop();

  expect(setup.counts).toEqual([1]);
});

test("once stopped it doesn't use the journal any more", async () => {
  const setup = new Setup();
  const retention = setup.begin();
  await retention.stop();
  await setup.ended(2, 0);
  setup.clock.advance(10 * dayMs);

  expect(setup.clock.timers).toBe(0);
  expect(setup.storage.workflows.size).toBe(2);
});
