import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import type { StoreWrite } from "../store/workflow-store.ts";
import { journalFileName, SqliteWorkflowStore } from "../store/sqlite/sqlite-workflow-store.ts";
import { checkDirectory } from "../maintenance/check-directory.ts";
import { create } from "../testing/stored-workflow.ts";
import { SeededRandom } from "./random.ts";

const seed = 20_261_123;
const walName = `${journalFileName}-wal`;
const commits = 40;
const cutsAtEachCommit = 3;

/** What was on the disk, fsynced, when a commit was acknowledged. */
interface Synced {
  readonly main: Buffer;
  readonly wal: Buffer;
}

function synced(directory: TemporaryDirectory): Synced {
  const walFile = directory.join(walName);
  return {
    main: readFileSync(directory.join(journalFileName)),
    wal: existsSync(walFile) ? readFileSync(walFile) : Buffer.alloc(0),
  };
}

/** Each commit is a workflow with a line of its journal and a message. */
function writesOf(number: number): readonly StoreWrite[] {
  const text = `S\t${number}\t"TimeNow"\t"${"x".repeat((number * 997) % 6_000)}"\n`;
  return [
    create(number, {
      status: "completed",
      wakeAt: null,
      endedAt: 1,
      idempotencyKey: `key ${number}`,
    }),
    { kind: "append", id: number, position: 0, lines: text },
    {
      kind: "receive",
      id: number,
      message: { sequence: 0, type: "go", data: String(number), at: 1 },
    },
  ];
}

/** Write-ahead logs in which only the synced part is safe: from some point on the rest is cut, zeroed or garbage. */
function tornLogs({ wal: sure }: Synced, { wal }: Synced, random: SeededRandom): readonly Buffer[] {
  // After a checkpoint the log is overwritten from its beginning: then nothing in it is safe.
  const kept = wal.subarray(0, sure.length).equals(sure) ? sure.length : 0;
  return Array.from({ length: cutsAtEachCommit }, (_, kind) => {
    const cut = random.between(kept, Math.max(kept, wal.length));
    const rest = wal.length - cut;
    switch (kind % 3) {
      case 0:
        return wal.subarray(0, cut);
      case 1:
        return Buffer.concat([wal.subarray(0, cut), Buffer.alloc(rest)]);
      default:
        return Buffer.concat([wal.subarray(0, cut), Buffer.alloc(rest, random.between(1, 255))]);
    }
  });
}

/**
 * Checks that all of the first `count` commits exist, and any later one completely or not at all.
 *
 * @returns whether the check finds no faults
 */
async function assertNothingLost(directory: TemporaryDirectory, count: number): Promise<boolean> {
  const store = await SqliteWorkflowStore.open(directory.path);
  try {
    const last = await store.lastId();
    expect(last).toBeGreaterThanOrEqual(count);
    for (let number = 1; number <= last; number += 1) {
      const [, append] = writesOf(number);
      expect(await store.workflowByIdempotencyKey(`key ${number}`)).toMatchObject({ id: number });
      expect(await store.lines(number)).toEqual(append?.kind === "append" ? [append.lines] : []);
      expect(await store.mailbox(number)).toMatchObject([{ data: String(number) }]);
    }
    // It can be used from there.
    await store.commit(writesOf(last + 1));
  } finally {
    await store.close();
  }
  const { ok } = await checkDirectory(directory.path);
  return ok;
}

/**
 * Tests that damage the files of a journal like a power cut.
 *
 * @param every cut the power after every n-th of 40 commits, including before the first
 */
export function describePowerCuts(every: number): void {
  test(`a power cut at any moment loses nothing that was acknowledged (seed ${seed})`, async () => {
    using directory = new TemporaryDirectory();
    const random = new SeededRandom(seed);
    const states: Synced[] = [];
    const store = await SqliteWorkflowStore.open(directory.path);
    states.push(synced(directory));
    for (let number = 1; number <= commits; number += 1) {
      await store.commit(writesOf(number));
      states.push(synced(directory));
    }
    await store.close();
    expect(states.at(-1)?.wal.length).toBeGreaterThan(100_000);

    let looked = 0;
    for (const [count, state] of states.entries()) {
      if (count % every !== 0) {
        continue;
      }
      const after = states[count + 1] ?? state;
      for (const wal of tornLogs(state, after, random)) {
        using disk = new TemporaryDirectory();
        writeFileSync(disk.join(journalFileName), state.main);
        writeFileSync(disk.join(walName), wal);
        expect(await assertNothingLost(disk, count)).toBe(true);
        looked += 1;
      }
    }
    expect(looked).toBe((commits / every + 1) * cutsAtEachCommit);
  }, 180_000);

  test("a power cut during a checkpoint loses nothing", async () => {
    using directory = new TemporaryDirectory();
    const random = new SeededRandom(seed);
    const store = await SqliteWorkflowStore.open(directory.path);
    for (let number = 1; number <= commits; number += 1) {
      await store.commit(writesOf(number));
    }
    const before = synced(directory);
    await store.close();
    const after = readFileSync(directory.join(journalFileName));
    const pageBytes = 4_096;
    for (let cut = 0; cut < 12; cut += 1) {
      using disk = new TemporaryDirectory();
      // Pages reach the file in any order, and may be half written: the log still has all of them.
      const file = Buffer.alloc(after.length);
      before.main.copy(file);
      for (let page = 0; page < after.length; page += pageBytes) {
        const written = [0, pageBytes, pageBytes / 2][random.between(0, 2)] ?? 0;
        after.copy(file, page, page, Math.min(page + written, after.length));
      }
      writeFileSync(disk.join(journalFileName), file);
      writeFileSync(disk.join(walName), before.wal);
      expect(await assertNothingLost(disk, commits)).toBe(true);
    }
  });

  test("the log of another file does no harm", async () => {
    using directory = new TemporaryDirectory();
    using other = new TemporaryDirectory();
    for (const place of [directory, other]) {
      const store = await SqliteWorkflowStore.open(place.path);
      await store.commit(writesOf(1));
      await store.close();
    }
    // A power cut right after the log's creation leaves it empty.
    writeFileSync(other.join(walName), Buffer.alloc(0));
    copyFileSync(directory.join(journalFileName), other.join(journalFileName));

    expect(await assertNothingLost(other, 1)).toBe(true);
  });
}
