import { SqliteWorkflowStore, type StoreWrite } from "@flawless-ts/server/internal";

/** The number of workflows in a commit. */
const atOnce = 5_000;
/** The time between two starts. */
const spacingMs = 1_000;
const idEpochMs = Date.UTC(2024, 0, 1);
const idsPerMillisecond = 4_096;

/** The contents of a directory. */
export interface Filled {
  /**
   * When the first workflow began (milliseconds since the Unix epoch); each of the others began a second after the one
   * before.
   */
  readonly firstAt: number;
  readonly count: number;
}

type Created = Extract<StoreWrite, { readonly kind: "create" }>["workflow"];

/** Writes ended workflows into a directory, a few of them in rare states and with rare labels. */
export async function fill(directory: string, count: number): Promise<Filled> {
  const firstAt = Date.UTC(2026, 0, 1);
  const store = await SqliteWorkflowStore.open(directory);
  try {
    for (let from = 0; from < count; from += atOnce) {
      const length = Math.min(atOnce, count - from);
      await store.commit(
        Array.from({ length }, (_, index): StoreWrite => ({
          kind: "create",
          workflow: workflow(from + index, firstAt, count),
        })),
      );
    }
  } finally {
    await store.close();
  }
  return { firstAt, count };
}

/** Number 0 is the oldest: a search from the newest on finds it last. */
function workflow(number: number, firstAt: number, count: number): Created {
  const createdAt = firstAt + number * spacingMs;
  const id = (createdAt - idEpochMs) * idsPerMillisecond;
  const isRare = number % Math.ceil(count / 10) === 3;
  return {
    id,
    module: isRare ? "rare" : "orders",
    version: "1.0.0",
    moduleHash: "ab".repeat(32),
    workflow: number % 2 === 0 ? "checkout" : "refund",
    input: JSON.stringify({ order: number, text: number === 3 ? "needle" : "x".repeat(200) }),
    createdAt,
    parent: null,
    root: id,
    depth: 0,
    detached: true,
    bound: false,
    idempotencyKey: `order-${number}`,
    status: isRare ? "failed" : "completed",
    wakeAt: null,
    waiting: null,
    response: "null",
    endedAt: createdAt + 10,
    failure: isRare ? { code: "PANIC", message: "no" } : null,
    cancelBy: null,
    run: 1,
    journalStart: 0,
    hasBoundChildren: false,
    labels: {
      region: number % 2 === 0 ? "eu" : "us",
      customer: `c-${number % Math.ceil(count / 20)}`,
    },
  };
}
