import { describe, expect, test } from "vitest";
import { intentLine, stepLine } from "../../journal/journal-line.ts";
import { MemoryWorkflowStore } from "../../store/memory-workflow-store.ts";
import type { StoredWorkflow } from "../../store/workflow-store.ts";
import { storedWorkflow } from "../../testing/stored-workflow.ts";
import { memoryModes, TestEngine } from "../../testing/test-engine.ts";
import type { WorkflowInfo } from "../types.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";

const getInput = stepLine(1, '"GetInput"', "");
const sendNull = stepLine(1, '{"SendResponse":"null"}', '{"ResponseSent":true}');
const timeNow = stepLine(1, '"TimeNow"', '{"Time":{"secs_since_epoch":1,"nanos_since_epoch":0}}');

/** Gives an engine a workflow that was running with this journal, and returns how it continues. */
async function replayed(
  workflow: Partial<StoredWorkflow>,
  store: readonly string[],
  use: (engine: TestEngine, info: WorkflowInfo) => unknown = () => undefined,
): Promise<WorkflowInfo> {
  await using before = await TestEngine.open();
  const [module] = await before.engine.modules();
  const stored = storedWorkflow(1, { moduleHash: module?.hash ?? "", ...workflow });
  await new MemoryWorkflowStore(before.storage).commit([
    { kind: "create", workflow: stored },
    ...store.map((lines, position) => ({ kind: "append" as const, id: 1, position, lines })),
  ]);
  await using after = await before.restart();
  await after.engine.whenIdle();
  const info = await after.info(toPublicId(1));
  await use(after, info);
  return info;
}

function mismatch(message: string): unknown {
  return expect.objectContaining({
    status: "failed",
    error: { code: "REPLAY_MISMATCH", message },
  });
}

describe("a workflow whose guest takes the recorded way", () => {
  test("ends as usual", async () => {
    expect(await replayed({}, [getInput, sendNull])).toMatchObject({
      status: "completed",
      error: null,
    });
  });

  test("gets the recorded answers, not new ones", async () => {
    const past = stepLine(1, '"TimeNow"', '{"Time":{"secs_since_epoch":17,"nanos_since_epoch":5}}');

    expect(await replayed({ workflow: "time_now" }, [getInput + past])).toMatchObject({
      status: "completed",
      response: '{"nanos":5,"secs":17}',
    });
  });

  test("may spell its calls differently", async () => {
    const spelled = stepLine(1, '{ "SendResponse" : "\\u006eull" }', '{"ResponseSent":true}');

    expect(await replayed({}, [getInput, spelled])).toMatchObject({ status: "completed" });
  });

  test("panics again as before", async () => {
    const panic =
      "workflow 'panic_after_response' panicked at 'panicked after the response', src:1:2";
    const way = [getInput, stepLine(1, '{"SendResponse":"\\"sent\\""}', '{"ResponseSent":true}')];
    const info = await replayed({ workflow: "panic_after_response" }, way);

    expect(info).toMatchObject({ status: "failed", error: { code: "PANIC" } });
    const recorded = stepLine(
      1,
      JSON.stringify({ Log: { Error: info.error?.message ?? panic } }),
      '"Unit"',
    );
    expect(await replayed({ workflow: "panic_after_response" }, [...way, recorded])).toMatchObject({
      status: "failed",
      error: info.error,
    });
  });
});

describe("a workflow whose guest takes another way is stopped:", () => {
  test("with another call", async () => {
    expect(await replayed({}, [getInput + timeNow])).toEqual(
      mismatch(
        'replay took another way at step 2: recorded was "TimeNow", but now came {"SendResponse":"null"}',
      ),
    );
  });

  test("with the same call but different content", async () => {
    const other = sendNull.replace("null", "1");

    expect(await replayed({}, [getInput + other])).toEqual(
      mismatch(
        'replay took another way at step 2: recorded was {"SendResponse":"1"}, but now came {"SendResponse":"null"}',
      ),
    );
  });

  test("with an end while the journal continues", async () => {
    expect(await replayed({}, [getInput + sendNull + timeNow])).toEqual(
      mismatch(
        'replay took another way at step 3: recorded was "TimeNow", but now came the end of the workflow',
      ),
    );
  });

  test("with a call that waits in place of another one", async () => {
    const intent = intentLine(1, '{"Sleep":{"secs":9,"nanos":0}}', "9000");
    const info = await replayed({ workflow: "receive" }, [getInput + intent]);

    expect(info).toEqual(
      mismatch(
        'replay took another way at step 2: recorded was {"Sleep":{"secs":9,"nanos":0}}, but now came {"RecvMessage":[null,["approve"]]}',
      ),
    );
  });

  test("with a trap while the journal continues", async () => {
    const info = await replayed({ workflow: "recursion" }, [getInput + timeNow]);

    expect(info).toMatchObject({
      error: {
        code: "REPLAY_MISMATCH",
        message: expect.stringContaining("but now came the workflow's failure (") as string,
      },
    });
  });

  test("nothing that it does then leaves the process", async () => {
    const input = '{"method":"POST","url":"http://site/"}';
    await replayed({ workflow: "http", input }, [getInput + timeNow], (engine, info) => {
      expect(info).toMatchObject({ error: { code: "REPLAY_MISMATCH" } });
      expect(engine.http.sent).toEqual([]);
    });
  });
});

describe.each(memoryModes)(
  "a journal that was changed while the server was down, $mode",
  ({ limits }) => {
    test("stops that workflow only", async () => {
      await using before = await TestEngine.open({ limits });
      const [changed, other] = [
        await before.launch("all_calls", { url: "http://site", secret: "none" }),
        await before.launch("sleep_ms", { ms: 20 }),
      ];
      const [entry] = before.storage.workflows.values();
      const lines = entry?.lines.map((text) =>
        text.replace('{"Random":{"I64":0}}', '{"Random":{"I32":0}}'),
      );
      entry?.lines.splice(0, entry.lines.length, ...(lines ?? []));
      await using after = await before.restart();
      await after.pass(20);

      expect(await after.info(changed)).toEqual(
        mismatch(
          'replay took another way at step 3: recorded was {"Random":{"I32":0}}, but now came {"Random":{"I64":0}}',
        ),
      );
      expect(await after.response(other)).toBe("slept");
      expect(after.http.sent).toEqual([]);
    });
  },
);

describe("what can't be replayed", () => {
  test("is a damaged journal: its workflow fails, and says why", async () => {
    await replayed({}, [getInput, "S\t1\thalf a line"], async (engine, info) => {
      expect(info).toMatchObject({
        status: "failed",
        error: {
          code: "REPLAY_MISMATCH",
          message:
            "workflow 'noop' can't be replayed: the journal is damaged: it holds the line \"S\\t1\\thalf a line\"",
        },
      });
      await expect(engine.engine.journal(info.id)).rejects.toMatchObject({
        code: "JOURNAL_DAMAGED",
      });
      expect(await engine.run("noop")).toBeNull();
    });
  });

  test("is a workflow whose module is lost: it waits until the journal is whole again", async () => {
    await replayed({ moduleHash: "00" }, [getInput], async (engine, info) => {
      expect(info).toMatchObject({ status: "running", error: null });
      expect(engine.takeErrors().map(String)).toEqual([
        expect.stringContaining("The journal has lost the bytes of module 00"),
      ]);
      expect(await engine.run("noop")).toBeNull();
    });
  });

  test("is a workflow that its module does not have", async () => {
    const info = await replayed({ workflow: "gone" }, []);

    expect(info).toMatchObject({
      status: "failed",
      error: { message: expect.stringContaining("#flawless#workflow#init#gone") as string },
    });
  });
});

test("an engine does not open if the bytes of a deployed module are lost", async () => {
  await using before = await TestEngine.open();
  before.storage.moduleBytes.clear();

  await expect(before.restart()).rejects.toMatchObject({
    code: "JOURNAL_DAMAGED",
    message: expect.stringContaining("has lost the bytes of module") as string,
  });
});
