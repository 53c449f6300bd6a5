import { expect, test } from "vitest";
import type { StoreWrite } from "../../store/workflow-store.ts";
import { create, freshState, storedWorkflow } from "../stored-workflow.ts";
import { append, message } from "./writes.ts";
import type { TestStore } from "./test-store.ts";

/** How a store keeps the lines of workflows' journals. */
export function journalsContract(tested: TestStore): void {
  test("lines are in order of position, and of one workflow only", async () => {
    await tested.store.commit([create(1), create(2), append(0, "one\n"), append(0, "other\n", 2)]);
    for (let position = 1; position < 12; position += 1) {
      await tested.store.commit([append(position, `line ${position}\n`)]);
    }
    await tested.reopen();

    expect((await tested.store.lines(1)).join("")).toBe(
      `one\n${Array.from({ length: 11 }, (_, index) => `line ${index + 1}\n`).join("")}`,
    );
    expect(await tested.store.lines(2)).toEqual(["other\n"]);
  });

  test("lines at some positions can be read alone, if there are any", async () => {
    const texts = ["one\n", "two\n", "three\n"];
    await tested.store.commit([
      create(1),
      ...texts.map((text, position) => append(position, text)),
    ]);
    const at = (from: number, count: number): Promise<readonly string[]> =>
      tested.store.lines(1, { from, count });

    expect(await at(0, 2)).toEqual(["one\n", "two\n"]);
    expect(await at(1, 5)).toEqual(["two\n", "three\n"]);
    expect(await at(3, 1)).toEqual([]);
  });

  test("a workflow that continues as new keeps its messages, and lines from a position on", async () => {
    await tested.store.commit([
      create(1, { input: "1", idempotencyKey: "key" }),
      create(2),
      append(0, "one\n"),
      append(1, "two\n"),
      append(0, "other\n", 2),
      message(0),
    ]);
    const state = { ...freshState, run: 2, journalStart: 2 };
    await tested.store.commit([
      { kind: "state", id: 1, state },
      append(2, "three\n"),
      { kind: "continue", id: 1, input: "2", journalStart: 2 },
    ]);
    await tested.store.commit([append(3, "four\n")]);
    await tested.reopen();

    expect(await tested.store.workflowByIdempotencyKey("key")).toEqual(
      storedWorkflow(1, { ...state, input: "2", idempotencyKey: "key" }),
    );
    expect(await tested.store.lines(1)).toEqual(["three\n", "four\n"]);
    expect(await tested.store.lines(1, { from: 3, count: 5 })).toEqual(["four\n"]);
    expect(await tested.store.lines(2)).toEqual(["other\n"]);
    expect(await tested.store.mailbox(1)).toHaveLength(1);
  });

  test("a workflow may start and twice continue as new in one transaction", async () => {
    const later = (run: number, journalStart: number): readonly StoreWrite[] => [
      { kind: "state", id: 1, state: { ...freshState, run, journalStart } },
      append(journalStart, `run ${run}\n`),
      { kind: "continue", id: 1, input: String(run), journalStart },
    ];
    await tested.store.commit([create(1), append(0, "run 1\n"), ...later(2, 1), ...later(3, 2)]);

    expect(await tested.store.lines(1)).toEqual(["run 3\n"]);
    expect(await tested.store.workflow(1)).toMatchObject({ input: "3", run: 3, journalStart: 2 });
  });

  test("texts of any size with any characters are read back unchanged", async () => {
    const texts = ["", "\u0000inside\u0000", "\u{1F600}\uFFFF\u2028", "x".repeat(5_000_000)];
    await tested.store.commit([create(1, { input: texts[1] ?? "", response: texts[2] ?? "" })]);
    await tested.store.commit(texts.map((text, position) => append(position, text)));
    await tested.store.commit([message(0, "nul\u0000type", "nul\u0000data")]);
    await tested.reopen();

    expect(await tested.store.lines(1)).toEqual(texts);
    expect(await tested.store.mailbox(1)).toMatchObject([
      { type: "nul\u0000type", data: "nul\u0000data" },
    ]);
    expect(await tested.store.workflow(1)).toMatchObject({ input: texts[1], response: texts[2] });
  });
}
