import { afterEach, expect, test, vi } from "vitest";
import { create } from "../../testing/stored-workflow.ts";
import { turn, until } from "../../testing/until.ts";
import { CommitQueue } from "./commit-queue.ts";
import type { Parameter, PostgresDatabase, Row } from "./postgres-database.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** A database whose answers come from the test, and whose fences let everything through. */
class HeldDatabase {
  readonly sent: { text: string; values: readonly Parameter[]; answer: () => void }[] = [];
  readonly database: PostgresDatabase;

  constructor() {
    const once = (text: string, values: readonly Parameter[]): Promise<readonly Row[]> =>
      new Promise((resolve) => {
        const rows = [0, 1, 2].map((partition) => ({ partition }));
        this.sent.push({ text, values, answer: () => resolve(rows) });
      });
    this.database = { schema: "s", once } as unknown as PostgresDatabase;
  }
}

const fence = (partition: number): Parameters<CommitQueue["send"]>[0] => ({
  partition,
  epoch: 1,
  number: 1,
  token: 7,
});

test("a single commit is sent as values, several together as arrays", async () => {
  const { sent, database } = new HeldDatabase();
  const queue = new CommitQueue(database);
  const alone = queue.send(fence(0), [create(3)]);
  await until(() => sent.length === 1);
  sent[0]?.answer();
  await alone;
  const both = [1, 2].map((partition) => queue.send(fence(partition), [create(3 + partition)]));
  await until(() => sent.length === 2);
  sent[1]?.answer();

  expect(await Promise.all(both)).toEqual([true, true]);
  expect(sent.map(({ text }) => text.includes("[]"))).toEqual([false, true]);
  expect(sent.map(({ values }) => values.some(Buffer.isBuffer))).toEqual([false, true]);
  expect(sent[0]?.values.slice(0, 4)).toEqual([0, 1, 1, 7]);
});

test("commits that arrive right after a statement began wait for it, and share the next", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const { sent, database } = new HeldDatabase();
  const queue = new CommitQueue(database);
  vi.advanceTimersByTime(1_000);
  const commits = [queue.send(fence(0), [create(3)])];
  await until(() => sent.length === 1);
  vi.advanceTimersByTime(1);
  commits.push(queue.send(fence(1), [create(4)]));
  await turn();
  expect(sent).toHaveLength(1);
  commits.push(queue.send(fence(2), [create(5)]));
  sent[0]?.answer();
  await until(() => sent.length === 2);
  sent[1]?.answer();

  expect(await Promise.all(commits)).toEqual([true, true, true]);
});

test("a second statement is sent if the first takes longer", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const { sent, database } = new HeldDatabase();
  const queue = new CommitQueue(database);
  vi.advanceTimersByTime(1_000);
  const commits = [queue.send(fence(0), [create(3)])];
  await until(() => sent.length === 1);
  vi.advanceTimersByTime(10);
  commits.push(queue.send(fence(1), [create(4)]));
  await until(() => sent.length === 2);
  for (const { answer } of sent) {
    answer();
  }

  expect(await Promise.all(commits)).toEqual([true, true]);
});
