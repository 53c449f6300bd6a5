import { afterEach, describe, expect, test, vi } from "vitest";
import { FencedError, StoreWriteError, type StoreWrite } from "../store/workflow-store.ts";
import { MemoryWorkflowStore } from "../store/memory-workflow-store.ts";
import { FailingStore } from "../testing/store-wrapper.ts";
import { isSettled, turn, until } from "../testing/until.ts";
import { Committer, type Unsaved } from "./committer.ts";

/** Has one change to save each time it is told that there is one. */
class Changed implements Unsaved {
  readonly #name: string;
  #changes = 1;

  constructor(name: string) {
    this.#name = name;
  }

  change(): void {
    this.#changes += 1;
  }

  takeWrites(): readonly StoreWrite[] {
    const writes = Array.from({ length: this.#changes }, (): StoreWrite => ({
      kind: "deploy",
      module: { name: this.#name, version: "1", hash: this.#name, deployedAt: 0, inspection: null },
      bytes: new Uint8Array(),
    }));
    this.#changes = 0;
    return writes;
  }
}

const fullDisk = new StoreWriteError("database or disk is full", { retryable: true });
const brokenDisk = new StoreWriteError("disk image is malformed", { retryable: false });

function setUp(): { store: FailingStore; committer: Committer; saved: () => string[][] } {
  const store = new FailingStore(new MemoryWorkflowStore());
  const saved = (): string[][] =>
    store.attempts.map((writes) =>
      writes.map((write) => (write.kind === "deploy" ? write.module.name : write.kind)),
    );
  return { store, committer: new Committer(store, true), saved };
}

afterEach(() => {
  vi.useRealTimers();
});

describe("a transaction", () => {
  test("holds all that was requested in one turn, in that order", async () => {
    const { committer, saved } = setUp();
    await Promise.all([
      committer.commit(new Changed("a")),
      committer.commit(new Changed("b")),
      committer.commit(new Changed("c")),
    ]);

    expect(saved()).toEqual([["a", "b", "c"]]);
  });

  test("holds all that was requested while the one before was under way", async () => {
    const { store, committer, saved } = setUp();
    const release = store.hold();
    const first = committer.commit(new Changed("a"));
    await until(() => saved().length === 1);
    const later = [committer.commit(new Changed("b")), committer.commit(new Changed("c"))];
    expect(await isSettled(Promise.any([first, ...later]))).toBe(false);

    release();
    await Promise.all([first, ...later]);

    expect(saved()).toEqual([["a"], ["b", "c"]]);
  });

  test("a change made while it is under way waits for the next", async () => {
    const { store, committer, saved } = setUp();
    const record = new Changed("a");
    const release = store.hold();
    const first = committer.commit(record);
    await until(() => saved().length === 1);
    record.change();
    const second = committer.commit(record);
    release();
    await first;
    await second;

    expect(saved()).toEqual([["a"], ["a"]]);
  });

  test("does not begin if there is nothing to save", async () => {
    const { committer, saved } = setUp();
    const record = new Changed("a");
    await committer.commit(record);
    await committer.commit(record);
    await committer.flush();

    expect(saved()).toEqual([["a"]]);
  });
});

describe("changes that nobody waits for", () => {
  test("are saved by themselves", async () => {
    const { committer, saved } = setUp();
    committer.soon(new Changed("a"));

    await until(() => saved().length > 0);

    expect(saved()).toEqual([["a"]]);
  });

  test("are saved by a flush, together with changes that are waited for", async () => {
    const { committer, saved } = setUp();
    void committer.commit(new Changed("now"));
    committer.soon(new Changed("soon"));
    await committer.flush();

    expect(saved()).toEqual([["now", "soon"]]);
  });

  test("are saved at the same times by all committers, so that their stores can save them together", async () => {
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
    const [one, other] = [setUp(), setUp()];
    vi.advanceTimersByTime(13);
    one.committer.soon(new Changed("one"));
    vi.advanceTimersByTime(5);
    other.committer.soon(new Changed("other"));
    vi.advanceTimersByTime(1);
    await turn();
    expect([one.saved(), other.saved()]).toEqual([[], []]);
    vi.advanceTimersByTime(1);
    await until(() => one.saved().length > 0 && other.saved().length > 0);

    expect([one.saved(), other.saved()]).toEqual([[["one"]], [["other"]]]);
  });

  test("join other transactions once they are a few milliseconds old", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const { committer, saved } = setUp();
    committer.soon(new Changed("old"));
    vi.advanceTimersByTime(10);
    committer.soon(new Changed("young"));

    await committer.commit(new Changed("now"));

    expect(saved()).toEqual([["now", "old"]]);
  });
});

describe("when transactions are not grouped", () => {
  test("what is done together is one transaction, however often it commits", async () => {
    const store = new FailingStore(new MemoryWorkflowStore());
    const committer = new Committer(store, false);
    const [a, b, c] = [new Changed("a"), new Changed("b"), new Changed("c")];
    const saved = [
      committer.commit(c),
      committer.together(() => {
        const both = [committer.commit(a), committer.commit(b)];
        // What is changed after the commit, but still together, is included.
        a.change();
        return Promise.all(both);
      }),
    ];
    c.change();
    saved.push(committer.commit(c));
    await Promise.all(saved);
    const names = store.attempts.map((writes) =>
      writes.map((write) => (write.kind === "deploy" ? write.module.name : write.kind)),
    );
    expect(names).toEqual([["c"], ["a", "a", "b"], ["c"]]);
  });

  test("each change that is waited for has its own transaction, in order", async () => {
    const store = new FailingStore(new MemoryWorkflowStore());
    const committer = new Committer(store, false);
    await Promise.all([committer.commit(new Changed("a")), committer.commit(new Changed("b"))]);

    expect(store.attempts.map((writes) => writes.length)).toEqual([1, 1]);
    expect((await store.modules()).map(({ name }) => name)).toEqual(["a", "b"]);
  });

  test("changes that nobody waits for are saved with the same object's next change, or by a flush", async () => {
    const store = new FailingStore(new MemoryWorkflowStore());
    const committer = new Committer(store, false);
    const quiet = new Changed("quiet");
    committer.soon(quiet);
    await committer.commit(new Changed("other"));
    expect((await store.modules()).map(({ name }) => name)).toEqual(["other"]);
    await committer.flush();
    expect((await store.modules()).map(({ name }) => name)).toEqual(["other", "quiet"]);
  });

  test("the committer reports when nothing is under way any longer", async () => {
    const committer = new Committer(new MemoryWorkflowStore(), false);
    let idle = 0;
    committer.onIdle(() => (idle += 1));
    const saved = committer.commit(new Changed("a"));
    expect(committer.busy).toBe(true);
    await saved;
    await turn();
    expect([committer.busy, idle]).toEqual([false, 1]);
  });

  test("after a stop, those who wait get an error", async () => {
    const committer = new Committer(new MemoryWorkflowStore(), false);
    const saved = committer.commit(new Changed("a"));
    committer.stop();
    await expect(saved).rejects.toMatchObject({ code: "CLOSED" });
  });
});

describe("a journal that can't be written for a while", () => {
  test("is retried; nothing else is reported meanwhile", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { store, committer, saved } = setUp();
    store.failure = fullDisk;
    const first = committer.commit(new Changed("a"));
    await until(() => committer.writeFailure !== null);
    const second = committer.commit(new Changed("b"));

    await vi.advanceTimersByTimeAsync(60_000);
    expect(await isSettled(Promise.race([first, second]))).toBe(false);
    expect(committer.writeFailure).toBe("database or disk is full");
    const attempts = saved().length;
    expect(attempts).toBeGreaterThan(5);

    store.failure = undefined;
    await vi.advanceTimersByTimeAsync(5_000);
    await Promise.all([first, second]);

    expect(committer.writeFailure).toBeNull();
    // The very same transaction again, and only then the next.
    expect(saved().slice(0, attempts + 1)).toEqual(
      Array.from({ length: attempts + 1 }, () => ["a"]),
    );
    expect(saved().at(-1)).toEqual(["b"]);
  });
});

describe("a journal that can never be written again", () => {
  test("fails all who wait, and all who come later, without a further attempt", async () => {
    const { store, committer, saved } = setUp();
    store.failure = brokenDisk;
    const damaged = expect.objectContaining({
      code: "JOURNAL_DAMAGED",
      cause: brokenDisk,
    }) as Error;

    await expect(committer.commit(new Changed("a"))).rejects.toThrow(damaged);
    store.failure = undefined;
    await expect(committer.commit(new Changed("b"))).rejects.toThrow(damaged);
    await expect(committer.flush()).rejects.toThrow(damaged);

    expect(committer.writeFailure).toBe("disk image is malformed");
    expect(saved()).toEqual([["a"]]);
  });

  test("an error of another kind counts as that", async () => {
    const { store, committer } = setUp();
    store.failure = new TypeError("a bug");

    await expect(committer.commit(new Changed("a"))).rejects.toMatchObject({
      code: "JOURNAL_DAMAGED",
    });
  });
});

describe("after a stop", () => {
  const closed = expect.objectContaining({ code: "CLOSED" }) as Error;

  test("nothing is written any longer, and those who wait get an error", async () => {
    const { committer, saved } = setUp();
    const waiting = committer.commit(new Changed("a"));
    committer.soon(new Changed("b"));
    committer.stop();

    await expect(waiting).rejects.toThrow(closed);
    await expect(committer.commit(new Changed("c"))).rejects.toThrow(closed);
    await turn();
    expect(saved()).toEqual([]);
    expect(committer.busy).toBe(false);
  });

  test("what could not be written until then is not reported as durable", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { store, committer } = setUp();
    store.failure = fullDisk;
    const failing = committer.commit(new Changed("a"));
    await until(() => committer.writeFailure !== null);
    const next = committer.commit(new Changed("b"));
    committer.stop();
    void vi.advanceTimersByTimeAsync(60_000);

    await expect(failing).rejects.toThrow(closed);
    await expect(next).rejects.toThrow(closed);
  });

  test("a transaction that was under way still becomes durable for those who wait for it", async () => {
    const { store, committer, saved } = setUp();
    const release = store.hold();
    const under = committer.commit(new Changed("a"));
    await until(() => saved().length === 1);
    committer.stop();
    release();

    await expect(under).resolves.toBeUndefined();
  });
});

test("the committer reports when nothing is under way any longer", async () => {
  const { committer } = setUp();
  const onIdle = vi.fn<() => void>(() => expect(committer.busy).toBe(false));
  committer.onIdle(onIdle);
  const saved = committer.commit(new Changed("a"));
  expect(committer.busy).toBe(true);
  await saved;

  await until(() => onIdle.mock.calls.length > 0);
  expect(committer.busy).toBe(false);
});

test("if the store has another owner, nothing is retried, and the callback is called once", async () => {
  const { store, committer, saved } = setUp();
  let fences = 0;
  committer.onFenced(() => (fences += 1));
  store.failure = new FencedError("partition 3 belongs to node b now");

  const lost = [committer.commit(new Changed("a")), committer.commit(new Changed("b"))];
  for (const each of [...lost, committer.flush()]) {
    await expect(each).rejects.toMatchObject({
      code: "CLOSED",
      message: "partition 3 belongs to node b now",
    });
  }
  store.failure = undefined;
  await expect(committer.commit(new Changed("c"))).rejects.toMatchObject({ code: "CLOSED" });
  expect(saved()).toEqual([["a", "b"]]);
  expect(fences).toBe(1);
});
