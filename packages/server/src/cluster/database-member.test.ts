import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { PartitionTable } from "../store/postgres/index.ts";
import { TestPartitions } from "../testing/postgres-partition.ts";
import { until } from "../testing/until.ts";
import { globalTimers } from "../time/timers.ts";
import { DatabaseClock } from "./database-clock.ts";
import { DatabaseMember, type DatabaseMemberOptions } from "./database-member.ts";

const leaseMs = 5_000;

/** Stands for the engine of a partition. */
interface FakeEngine {
  state: "open" | "closed" | "killed";
  close(): Promise<void>;
  kill(): Promise<void>;
}

function fakeEngine(): FakeEngine {
  const engine: FakeEngine = {
    state: "open",
    close: async () => {
      engine.state = "closed";
    },
    kill: async () => {
      engine.state = engine.state === "open" ? "killed" : engine.state;
    },
  };
  return engine;
}

/** A node whose monotonic clock and rounds the test controls. */
class TestNode {
  readonly clock: { now: number } = { now: 1_000_000 };
  readonly engines: Map<number, FakeEngine> = new Map();
  readonly errors: unknown[] = [];
  readonly member: DatabaseMember<FakeEngine>;

  constructor(
    id: string,
    table: PartitionTable | DatabaseMemberOptions<FakeEngine>["table"],
    options: Partial<DatabaseMemberOptions<FakeEngine>> = {},
  ) {
    this.member = new DatabaseMember<FakeEngine>({
      table,
      node: { id, url: `http://${id}` },
      leaseMs,
      timers: { ...globalTimers, monotonicNow: () => this.clock.now },
      graceMs: 0,
      open: async ({ partition }) => {
        const engine = fakeEngine();
        this.engines.set(partition, engine);
        return engine;
      },
      onChange: () => undefined,
      onError: (error) => this.errors.push(error),
      ...options,
    });
  }

  /** One round, when its leases are due for renewal. */
  async look(): Promise<void> {
    this.clock.now += leaseMs / 5;
    await this.member.look();
    await this.member.handedOver();
  }

  get partitions(): readonly number[] {
    return this.member.open.map(({ claimed }) => claimed.partition).toSorted((a, b) => a - b);
  }
}

/** Counts how often a node reads the owners of partitions. */
class CountingTable extends PartitionTable {
  looks = 0;

  override partitions(): ReturnType<PartitionTable["partitions"]> {
    this.looks += 1;
    return super.partitions();
  }
}

async function letLeasesRunOut({ database }: TestPartitions, node: string): Promise<void> {
  const past = "now() - interval '1 second'";
  await database.query(
    `UPDATE ${database.schema}.partitions SET expires_at = ${past} WHERE owner = $1`,
    [node],
  );
  await database.query(
    `UPDATE ${database.schema}.nodes SET heartbeat_at = now() - interval '6 seconds' WHERE id = $1`,
    [node],
  );
}

describeUnless(missingForPostgres(), "a node in a database", () => {
  test("takes all partitions while it is alone, and gracefully gives back another node's share", async () => {
    await using partitions = await TestPartitions.open(5);
    const [a, b] = ["a", "b"].map((id) => new TestNode(id, partitions.table)) as [
      TestNode,
      TestNode,
    ];
    await a.look();
    expect(a.partitions).toEqual([0, 1, 2, 3, 4]);

    await b.look();
    expect(b.partitions).toEqual([]);
    await a.look();
    expect(a.partitions).toEqual([0, 1, 2]);
    expect([...a.engines.values()].map(({ state }) => state).toSorted()).toEqual([
      "closed",
      "closed",
      "open",
      "open",
      "open",
    ]);
    await b.look();
    expect(b.partitions).toEqual([3, 4]);
    await a.look();
    expect([a.partitions, b.partitions]).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    expect(a.member.ownerOf(4)).toMatchObject({ id: "b", url: "http://b" });
    expect([...a.errors, ...b.errors]).toEqual([]);
  });

  test("takes what another node gives back as soon as it is notified, before its own next look", async () => {
    await using partitions = await TestPartitions.open(4);
    const table = new CountingTable(partitions.database);
    const b = new TestNode("b", table);
    let said = 0;
    const say = (): void => {
      said += 1;
      b.member.hear();
    };
    const a = new TestNode("a", partitions.table, { say });
    await b.look();
    await a.look();
    await b.look();
    await a.look();
    expect([a.partitions.length, b.partitions.length]).toEqual([2, 2]);
    [table.looks, said] = [0, 0];

    await a.member.leave();
    await until(() => b.partitions.length === 4);
    // One look for each partition given back, or fewer if one look saw several.
    expect(said).toBe(2);
    expect(table.looks).toBeGreaterThanOrEqual(1);
    expect(table.looks).toBeLessThanOrEqual(2);
    const { looks } = table;
    await b.member.kill();
    b.member.hear();
    expect(table.looks).toBe(looks);
  });

  test("follows the database's clock with each renewal, if it has a clock", async () => {
    await using partitions = await TestPartitions.open(1);
    const clock = new DatabaseClock(() => 0);
    const node = new TestNode("a", partitions.table, { clock });
    await node.look();

    expect(clock.now()).toBeGreaterThan(Date.UTC(2026, 0));
    expect(node.errors).toEqual([]);
  });

  test("that claims at the same time as another node shares with it, and no partition runs twice", async () => {
    await using partitions = await TestPartitions.open(8);
    const nodes = ["a", "b"].map((id) => new TestNode(id, partitions.table));
    await Promise.all(nodes.map((node) => node.look()));
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(nodes.map((node) => node.look()));
      const all = nodes.flatMap((node) => node.partitions);
      expect(all).toHaveLength(new Set(all).size);
    }

    expect(nodes.map((node) => node.partitions.length)).toEqual([4, 4]);
  });

  test("takes over a silent node's partitions when its leases have expired", async () => {
    await using partitions = await TestPartitions.open(4);
    const [a, b] = ["a", "b"].map((id) => new TestNode(id, partitions.table)) as [
      TestNode,
      TestNode,
    ];
    await a.look();
    await b.look();
    await a.look();
    await b.look();
    expect(b.partitions).toHaveLength(2);
    await letLeasesRunOut(partitions, "b");
    await a.look();

    expect(a.partitions).toEqual([0, 1, 2, 3]);
    await b.look();
    expect(b.partitions).toEqual([]);
    expect([...b.engines.values()].every(({ state }) => state === "killed")).toBe(true);
  });

  test("stops what it can't renew before the lease is over, and continues under a new epoch later", async () => {
    await using partitions = await TestPartitions.open(1);
    let away = false;
    const { table } = partitions;
    const ask =
      <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) =>
      async (...args: Args): Promise<T> => {
        if (away) {
          throw new Error("the database is away");
        }
        return call(...args);
      };
    const node = new TestNode("a", {
      now: ask(() => table.now()),
      heartbeat: ask((...args) => table.heartbeat(...args)),
      removeNode: ask((...args) => table.removeNode(...args)),
      nodes: ask(() => table.nodes()),
      partitions: ask(() => table.partitions()),
      claim: ask((...args) => table.claim(...args)),
      renew: ask((...args) => table.renew(...args)),
      release: ask((...args) => table.release(...args)),
    });
    await node.look();
    const first = node.engines.get(0);
    away = true;
    await node.look();
    expect(node.member.failure).toBe("the database is away");
    expect([node.partitions, first?.state]).toEqual([[0], "open"]);
    node.clock.now += leaseMs * 0.9 - leaseMs / 5;
    node.member.check();

    expect([node.partitions, first?.state]).toEqual([[], "killed"]);
    away = false;
    await node.look();
    expect(node.member.failure).toBeNull();
    expect(node.member.open.map(({ claimed }) => claimed)).toEqual([{ partition: 0, epoch: 2 }]);
    expect(node.engines.get(0)).not.toBe(first);
  });

  test("hands over everything when it leaves, after requests in flight and with renewed leases", async () => {
    await using partitions = await TestPartitions.open(2);
    const node = new TestNode("a", partitions.table);
    await node.look();
    const leave = node.member.partition(1)?.enter();
    const left = node.member.leave();
    await until(() => node.engines.get(0)?.state === "closed");
    expect(node.engines.get(1)?.state).toBe("open");
    expect(node.member.partition(1)).toBeUndefined();
    leave?.();
    await left;

    expect(node.engines.get(1)?.state).toBe("closed");
    const rows = await partitions.table.partitions();
    expect(rows.map(({ owner }) => owner)).toEqual([null, null]);
    expect(await partitions.table.nodes()).toEqual([]);
  });

  test("gives back no more than another node's share, however long that takes", async () => {
    await using partitions = await TestPartitions.open(4);
    const ended = Promise.withResolvers<void>();
    const open = async (): Promise<FakeEngine> => ({ ...fakeEngine(), close: () => ended.promise });
    const a = new TestNode("a", partitions.table, { open });
    await a.look();
    await new TestNode("b", partitions.table).look();
    for (let round = 0; round < 3; round += 1) {
      a.clock.now += leaseMs / 5;
      await a.member.look();
    }
    expect(a.partitions).toEqual([0, 1]);
    ended.resolve();
    await a.member.handedOver();

    expect(a.partitions).toEqual([0, 1]);
  });

  test("gives back a partition whose engine doesn't open, and retries later", async () => {
    await using partitions = await TestPartitions.open(1);
    let opens = false;
    const node = new TestNode("a", partitions.table, {
      open: async () => {
        if (!opens) {
          throw new Error("the journal is damaged");
        }
        return fakeEngine();
      },
    });
    await node.look();
    await node.look();
    expect(await partitions.table.partitions()).toMatchObject([{ owner: null, epoch: 2 }]);
    opens = true;
    node.clock.now += leaseMs;
    await node.look();

    expect(node.partitions).toEqual([0]);
    expect(node.errors).toMatchObject([{ message: "the journal is damaged" }]);
  });

  test("removes nodes that were silent for a long time", async () => {
    await using partitions = await TestPartitions.open(1);
    const { database, table } = partitions;
    await table.heartbeat({ id: "gone", url: "http://gone" });
    await database.query(
      `UPDATE ${database.schema}.nodes SET heartbeat_at = now() - interval '1 hour'`,
    );
    const node = new TestNode("a", table);
    await node.look();

    expect((await table.nodes()).map(({ id }) => id)).toEqual(["a"]);
  });
});
