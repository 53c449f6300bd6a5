import { describe, expect, test } from "vitest";
import { freshState, storedWorkflow } from "../../testing/stored-workflow.ts";
import { WorkflowRecord } from "./workflow-record.ts";

const workflow = storedWorkflow(1);

function saved(): WorkflowRecord {
  return new WorkflowRecord(workflow, []);
}

describe("what is to be saved", () => {
  test("of a new workflow is the workflow itself, in its state at that time", () => {
    const record = new WorkflowRecord(workflow, null);
    record.change({ response: "1" });
    record.append("line\n");

    expect(record.takeWrites()).toEqual([
      { kind: "create", workflow: { ...workflow, response: "1" } },
      { kind: "append", id: 1, position: 0, lines: "line\n" },
    ]);
  });

  test("of a known one is what changed since it was last taken", () => {
    const record = saved();
    expect(record.takeWrites()).toEqual([]);
    record.append("a\n");
    record.append("b\n");
    record.change({ wakeAt: 5 });
    record.change({ waiting: { on: "sleep", until: "then" } });
    record.receive("type", "data", 7);
    const message = { sequence: 0, type: "type", data: "data", at: 7 };

    expect(record.takeWrites()).toEqual([
      {
        kind: "state",
        id: 1,
        state: expect.objectContaining({
          ...freshState,
          wakeAt: 5,
          waiting: { on: "sleep", until: "then" },
        }) as unknown,
      },
      { kind: "append", id: 1, position: 0, lines: "a\nb\n" },
      { kind: "receive", id: 1, message },
    ]);
    expect(record.takeWrites()).toEqual([]);
  });

  test("goes to the end even if an operation ended while the journal was read", () => {
    const record = saved();
    record.readFrom(["a\n"]);
    record.append("b\n");
    record.takeWrites();
    // Read before that was written.
    record.readFrom(["a\n"]);
    record.append("c\n");

    expect(record.takeWrites()).toEqual([{ kind: "append", id: 1, position: 2, lines: "c\n" }]);
  });

  test("goes to the end of the journal that was read", () => {
    const record = saved();
    record.readFrom(["a\n", "b\n"]);
    record.append("c\n");

    expect(record.takeWrites()).toEqual([{ kind: "append", id: 1, position: 2, lines: "c\n" }]);
    expect(record.journalSize.bytes).toBe(6);
  });
});

test("whether it is saved, and whether the guest has left any trace, is known", () => {
  const record = new WorkflowRecord(workflow, null);
  expect([record.isSaved, record.isUntouched]).toEqual([false, true]);
  record.append("a\n");
  expect([record.isSaved, record.isUntouched]).toEqual([false, false]);
  record.takeWrites();
  expect([record.isSaved, record.isUntouched]).toEqual([true, false]);
  record.change({ wakeAt: null });
  expect(record.isSaved).toBe(false);
});

describe("the mailbox", () => {
  test("gives the oldest message of the requested types, once", () => {
    const record = saved();
    record.receive("a", "1", 0);
    record.receive("b", "2", 0);
    record.receive("a", "3", 0);
    record.takeWrites();

    expect(record.takeMessage(["b", "c"])?.data).toBe("2");
    expect(record.takeMessage(["b", "c"])).toBeUndefined();
    expect(record.takeMessage(["a", "b"])?.data).toBe("1");
    expect(record.mailboxSize).toBe(1);
    expect(record.takeWrites()).toEqual([
      { kind: "consume", id: 1, sequence: 1 },
      { kind: "consume", id: 1, sequence: 0 },
    ]);
  });

  test("continues its numbers above those that it was read with, even once it is empty", () => {
    const record = new WorkflowRecord(workflow, [{ sequence: 7, type: "a", data: "1", at: 0 }]);
    record.takeMessage(["a"]);
    record.receive("a", "2", 0);

    expect(record.takeMessage(["a"])?.sequence).toBe(8);
  });

  test("is emptied in the journal too", () => {
    const record = saved();
    record.receive("a", "1", 0);
    record.receive("a", "2", 0);
    record.takeWrites();
    record.clearMailbox();

    expect(record.mailboxSize).toBe(0);
    expect(record.takeWrites()).toEqual([
      { kind: "consume", id: 1, sequence: 0 },
      { kind: "consume", id: 1, sequence: 1 },
    ]);
  });
});
