import { describe, expect, test } from "vitest";
import { TroubledJournal } from "../testing/journal-wrapper.ts";
import { memoryModes, TestEngine } from "../testing/test-engine.ts";
import { isSettled, rejectionOf, until } from "../testing/until.ts";

/** Longer than any test takes: whoever waits so long was not told of the end. */
const long = { timeoutMs: 900_000 };

describe.each(memoryModes)("waiting for an end, $mode", ({ limits }) => {
  test("gives the workflow as it is then", async () => {
    await using engine = await TestEngine.open({ limits });
    const id = await engine.launch("sleep_ms", { ms: 100 });
    const waiting = engine.engine.wait(id, long);
    expect(await isSettled(waiting)).toBe(false);
    await engine.pass(100);

    expect(await waiting).toMatchObject({ id, status: "completed", response: '"slept"' });
  });

  test("gives failures and cancellations too", async () => {
    await using engine = await TestEngine.open({ limits });
    const cancelled = await engine.launch("receive");
    const waiting = engine.engine.wait(cancelled, long);
    await engine.engine.cancel(cancelled);
    const { id } = await engine.startText("panic_after_response");

    expect(await waiting).toMatchObject({ status: "cancelled" });
    expect(await engine.engine.wait(id, long)).toMatchObject({ status: "failed" });
  });
});

test("a workflow that has ended is not waited for", async () => {
  await using engine = await TestEngine.open();
  const { id } = await engine.startText("noop");
  await engine.end(id);

  expect(await engine.engine.wait(id, long)).toMatchObject({ status: "completed" });
});

test("an end in the same moment as the question is not missed", async () => {
  let journal: TroubledJournal | undefined;
  await using engine = await TestEngine.open({
    wrapJournal: (inner) => (journal = new TroubledJournal(inner)),
  });
  const id = await engine.launch("receive");
  const other = await engine.launch("receive");
  // A transaction is under way, so that what the question awaits and the end go into the same one.
  const release = journal?.hold();
  const attempts = journal?.attempts.length ?? 0;
  const sent = engine.engine.send(other, "other", "1");
  await until(() => (journal?.attempts.length ?? 0) > attempts);
  const waiting = engine.engine.wait(id, long);
  const cancelled = engine.engine.cancel(id);
  release?.();
  await Promise.all([sent, cancelled]);

  expect(await isSettled(waiting)).toBe(true);
  expect(await waiting).toMatchObject({ status: "cancelled" });
});

test("after the time that was given the workflow is told as it is", async () => {
  await using engine = await TestEngine.open();
  const id = await engine.launch("receive");

  expect(await engine.engine.wait(id, { timeoutMs: 1 })).toMatchObject({ status: "running" });
});

test("one that goes away gets its own reason, and leaves nothing behind", async () => {
  await using engine = await TestEngine.open();
  const id = await engine.launch("receive");
  const leaving = new AbortController();
  const waiting = engine.engine.wait(id, { ...long, signal: leaving.signal });
  const staying = engine.engine.wait(id, long);
  await isSettled(waiting);
  leaving.abort(new Error("gone"));
  await expect(waiting).rejects.toThrow("gone");
  await engine.send(id, "approve", { by: "Ada" });

  expect(await staying).toMatchObject({ status: "completed" });
});

test("those that wait when the engine closes are told that", async () => {
  await using engine = await TestEngine.open();
  const id = await engine.launch("receive");
  const waiting = rejectionOf(engine.engine.wait(id, long));
  await engine.engine.whenIdle();
  await engine.engine.close();

  expect(await waiting).toMatchObject({ code: "CLOSED" });
});
