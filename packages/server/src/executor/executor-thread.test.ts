import { once } from "node:events";
import { readFileSync } from "node:fs";
import { finished } from "node:stream/promises";
import { Worker } from "node:worker_threads";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, test } from "vitest";
import { compileGuestModule } from "./guest-module.ts";
import {
  activityFields,
  countedCalls,
  type FromThread,
  type GuestStart,
  type ToThread,
} from "./messages.ts";

const start: GuestStart = {
  workflowId: 1,
  run: 1,
  publicId: "wkf_1",
  workflow: "sleep_ms",
  input: '{"ms":1000000}',
  moduleKey: "conformance",
  journal: [],
  callerPresent: false,
  now: 0,
};

let lastGuest = 0;

/** Loaded into a thread first: makes its intervals pass as fast as possible, and reports each garbage collection. */
const hastyAndTelling = `
  import { parentPort } from "node:worker_threads";
  globalThis.gc = () => parentPort.postMessage({ type: "collected" });
  globalThis.setInterval = (callback) => {
    const timer = { goesOn: true, unref: () => timer };
    const again = () => timer.goesOn && (callback(), setImmediate(again));
    setImmediate(again);
    return timer;
  };
  globalThis.clearInterval = (timer) => void (timer.goesOn = false);
`;

/** The same, but its intervals pass after each request to release memory, and it reports when. */
const tellingWhenTight = `
  import { parentPort } from "node:worker_threads";
  globalThis.gc = () => parentPort.postMessage({ type: "collected" });
  const callbacks = new Set();
  globalThis.setInterval = (callback) => {
    callbacks.add(callback);
    return { callback, unref() { return this; } };
  };
  globalThis.clearInterval = ({ callback }) => void callbacks.delete(callback);
  parentPort.on("message", ({ type }) => {
    if (type !== "release") return;
    setImmediate(() => {
      callbacks.forEach((callback) => callback());
      parentPort.postMessage({ type: "passed" });
    });
  });
`;

async function startConformanceThread(preload = ""): Promise<Worker> {
  const numbers = (length: number): SharedArrayBuffer => new SharedArrayBuffer(length * 8);
  const worker = new Worker(new URL("executor-thread.ts", import.meta.url), {
    execArgv: [
      "--conditions=@flawless-ts/source",
      `--import=data:text/javascript,${encodeURIComponent(preload)}`,
    ],
    workerData: {
      activity: numbers(activityFields.length),
      hostCalls: numbers(countedCalls.length),
    },
  });
  await once(worker, "message");
  const module = await compileGuestModule(fixtureBytes("conformance"), {});
  post(worker, {
    type: "configure",
    engine: 1,
    settings: {
      secrets: {},
      seed: 1,
      guestTime: "given",
      callLimits: { callCharacters: 1_000, textCharacters: 1_000, journalSteps: 1_000_000 },
    },
  });
  post(worker, { type: "module", key: start.moduleKey, module });
  return worker;
}

function post(worker: Worker, message: ToThread): void {
  worker.postMessage(message);
}

/** Starts guests, and settles once all of them sleep. */
async function park(worker: Worker, guests: readonly number[]): Promise<void> {
  let waiting = 0;
  const { promise: allWait, resolve } = Promise.withResolvers<void>();
  const hear = (message: FromThread): void => {
    waiting += message.type === "waits" ? 1 : 0;
    if (waiting === guests.length) {
      resolve();
    }
  };
  worker.on("message", hear);
  for (const guest of guests) {
    post(worker, { type: "start", guest, engine: 1, start });
  }
  await allWait;
  worker.off("message", hear);
}

/** They are gone when the next message is handled. */
async function parkThenDrop(worker: Worker, count: number): Promise<void> {
  const guests = Array.from({ length: count }, () => (lastGuest += 1));
  await park(worker, guests);
  for (const guest of guests) {
    post(worker, { type: "drop", guest });
  }
}

async function parkAndDrop(worker: Worker, count: number): Promise<void> {
  await parkThenDrop(worker, count);
  // Messages are handled in order: once this one sleeps, the others are gone.
  await park(worker, [(lastGuest += 1)]);
}

/** Bytes of the thread's heap that are not garbage. */
async function usedHeap(worker: Worker): Promise<number> {
  // All garbage is collected before a snapshot is taken. Unread snapshot data crashes Node once the thread is gone.
  await finished((await worker.getHeapSnapshot()).resume());
  return (await worker.getHeapStatistics()).used_heap_size;
}

test("nothing remains of guests that were dropped while suspended", async () => {
  const worker = await startConformanceThread();
  await parkAndDrop(worker, 100);
  const before = await usedHeap(worker);
  await parkAndDrop(worker, 300);
  const after = await usedHeap(worker);
  await worker.terminate();

  expect((after - before) / 300).toBeLessThan(2_000);
}, 60_000);

/** Bytes of addresses that the process has reserved. */
function addressSpace(): number {
  return Number(readFileSync("/proc/self/statm", "utf8").split(" ")[0]) * 4_096;
}

// Each new instance reserves gigabytes, and V8 never returns the addresses of its stack, a megabyte. There are 140 TB.
test.runIf(process.platform === "linux")(
  "one guest after another needs no more addresses",
  async () => {
    const worker = await startConformanceThread();
    await parkThenDrop(worker, 64);
    await park(worker, [(lastGuest += 1)]);
    const before = addressSpace();
    for (let round = 0; round < 20; round += 1) {
      await parkThenDrop(worker, 60);
    }
    const after = addressSpace();
    await worker.terminate();

    expect((after - before) / 1_200).toBeLessThan(500_000);
  },
  60_000,
);

/** Settles with the next message of a type that only these tests know. */
function told(worker: Worker, wanted: "collected" | "passed"): Promise<void> {
  return new Promise((resolve) => {
    worker.on("message", ({ type }: { readonly type: string }) => {
      if (type === wanted) {
        resolve();
      }
    });
  });
}

test("the garbage of guests that are gone is collected when the thread is idle", async () => {
  const worker = await startConformanceThread(hastyAndTelling);
  const collected = told(worker, "collected");
  await parkAndDrop(worker, 60);

  await expect(collected).resolves.toBeUndefined();
  await worker.terminate();
}, 60_000);

test("it is collected although memory is so tight that its release is requested every second", async () => {
  const worker = await startConformanceThread(tellingWhenTight);
  let isCollected = false;
  void told(worker, "collected").then(() => (isCollected = true));
  await parkAndDrop(worker, 60);
  for (let second = 0; second < 5; second += 1) {
    const passed = told(worker, "passed");
    post(worker, { type: "release" });
    await passed;
  }

  expect(isCollected).toBe(true);
  await worker.terminate();
}, 60_000);
