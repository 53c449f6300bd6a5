import { afterAll, describe, expect, test } from "vitest";
import { ExecutorPool } from "../../executor/executor-pool.ts";
import { TestEngine } from "../../testing/test-engine.ts";
import { turn } from "../../testing/until.ts";

/** One thread for all guests, so that they disturb each other as much as possible. */
const executors = new ExecutorPool({
  threads: 1,
  guestTimeLimitMs: 600,
  moveNeighboursAfterMs: 100,
});

afterAll(async () => {
  await executors.close();
});

/** Two that wait and one that is started while another guest misbehaves. All must end as usual. */
async function neighbours(engine: TestEngine): Promise<() => Promise<void>> {
  const sleeper = await engine.launch("sleep_steps", { count: 3, ms: 1_000 });
  const receiver = await engine.launch("receive");
  return async () => {
    const newcomer = engine.run("add", { a: 1, b: 2 });
    await engine.engine.send(receiver, "approve", '{"by":"Ada"}');
    expect(await newcomer).toBe(3);
    expect(await engine.end(receiver)).toMatchObject({ status: "completed" });
    // The engine is not idle while a guest computes, so the time can't wait for that.
    while ((await engine.status(sleeper)) === "running") {
      engine.clock.advance(1_000);
      await turn();
    }
    expect(await engine.end(sleeper)).toMatchObject({ status: "completed", response: "3" });
  };
}

describe("the neighbours of a guest that computes endlessly", () => {
  test("finish in another thread while it still computes", async () => {
    await using own = new ExecutorPool({
      threads: 1,
      guestTimeLimitMs: 600_000,
      moveNeighboursAfterMs: 50,
    });
    await using engine = await TestEngine.open({ executors: own });
    const finish = await neighbours(engine);
    const { id } = await engine.startText("busy_loop_after_response");
    await finish();

    expect(await engine.status(id)).toBe("running");
  });

  test("are rebuilt if it was stopped before they could be moved", async () => {
    await using own = new ExecutorPool({
      threads: 1,
      guestTimeLimitMs: 300,
      moveNeighboursAfterMs: 600_000,
    });
    await using engine = await TestEngine.open({ executors: own });
    const finish = await neighbours(engine);
    const { id } = await engine.startText("busy_loop_after_response");
    await finish();

    expect(await engine.end(id)).toMatchObject({ status: "failed", error: { code: "TIME_LIMIT" } });
  });
});

describe("a guest that computes endlessly", () => {
  test("fails alone, while its neighbours in the same thread continue and finish", async () => {
    await using engine = await TestEngine.open({ executors });
    const finish = await neighbours(engine);
    const spinning = engine.run("busy_loop");
    spinning.catch(() => undefined);
    await finish();

    await expect(spinning).rejects.toMatchObject({
      code: "WORKFLOW_FAILED",
      message:
        "workflow 'busy_loop' was stopped: it computed for more than 600 ms without a host call",
    });
  });

  test("fails after its response, which is stored", async () => {
    await using engine = await TestEngine.open({ executors });
    const { id, response } = await engine.startText("busy_loop_after_response");

    expect(response).toBe('"spinning"');
    expect(await engine.end(id)).toMatchObject({
      status: "failed",
      response: '"spinning"',
      error: { code: "TIME_LIMIT" },
    });
  });

  test("can be cancelled", async () => {
    await using engine = await TestEngine.open({ executors });
    const { id } = await engine.startText("busy_loop_after_response");

    expect(await engine.engine.cancel(id)).toMatchObject({ status: "cancelled", error: null });
    expect(await engine.run("noop")).toBeNull();
  });

  test("several of them fail, each alone", async () => {
    await using engine = await TestEngine.open({ executors });
    const spinning = [1, 2].map(() => engine.run("busy_loop"));
    const results = Promise.allSettled(spinning);
    expect(await engine.run("add", { a: 1, b: 2 })).toBe(3);

    expect((await results).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await engine.run("noop")).toBeNull();
  });
});

describe("a guest that takes memory endlessly", () => {
  test("fails alone at the limit; the thread survives", async () => {
    await using engine = await TestEngine.open({ executors, limits: { memoryBytes: 8 * 2 ** 20 } });
    const finish = await neighbours(engine);
    const hog = engine.run("memory_hog");
    hog.catch(() => undefined);
    await finish();

    await expect(hog).rejects.toMatchObject({ code: "WORKFLOW_FAILED" });
    const { workflows } = await engine.engine.list({ status: "failed" });
    expect(workflows).toMatchObject([
      {
        workflow: "memory_hog",
        error: {
          code: "PANIC",
          message: expect.stringMatching(
            /^workflow 'memory_hog' trapped: .* with \d+(\.\d+)? MiB of memory$/,
          ) as string,
        },
      },
    ]);
    const mebibytes = Number(/with ([\d.]+) MiB/.exec(workflows[0]?.error?.message ?? "")?.[1]);
    expect(mebibytes).toBeGreaterThan(4);
    expect(mebibytes).toBeLessThanOrEqual(8);
  });
});

describe("a guest that calls itself endlessly", () => {
  test("fails alone; the thread survives", async () => {
    await using engine = await TestEngine.open({ executors });
    const finish = await neighbours(engine);
    const recursion = engine.run("recursion");
    recursion.catch(() => undefined);
    await finish();

    await expect(recursion).rejects.toMatchObject({
      code: "WORKFLOW_FAILED",
      message: expect.stringMatching(
        /^workflow 'recursion' trapped: (memory access out of bounds|Maximum call stack size)/,
      ) as string,
    });
  });
});

describe.each(["log_flood", "time_flood"])("a guest that calls without end: %s", (workflow) => {
  test("fails at the limit of its journal, while others continue", async () => {
    const journalBytes = 300_000;
    await using engine = await TestEngine.open({ executors, limits: { journalBytes } });
    const finish = await neighbours(engine);
    const { id } = await engine.startText(workflow);
    await finish();

    expect(await engine.end(id)).toMatchObject({
      status: "failed",
      error: {
        code: "JOURNAL_LIMIT",
        message: `the workflow's journal has grown beyond its limit of ${journalBytes} bytes: let it go on in a new workflow, or raise journalBytes`,
      },
    });
    const characters = JSON.stringify(await engine.engine.journal(id)).length;
    expect(characters).toBeLessThan(4 * journalBytes);
  });
});
