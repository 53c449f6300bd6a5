import { expect, test } from "vitest";
import type { StoreWrite } from "../../store/workflow-store.ts";
import { storedWorkflow } from "../stored-workflow.ts";
import type { TestStore } from "./test-store.ts";

/** How a store keeps schedules. */
export function schedulesContract(tested: TestStore): void {
  test("schedules replace the one of the same name until deleted; lists are sorted, without inputs", async () => {
    const schedule = (name: string, state = "{}"): StoreWrite => ({
      kind: "schedule",
      schedule: { name, spec: '{"é":"\u0000"}', input: '"in\u0000put"', state },
    });
    expect(await tested.store.schedule("b")).toBeUndefined();
    expect(await tested.store.schedules(null, 10)).toEqual([]);
    await tested.store.commit(["b", "a", "C", "a-b"].map((name) => schedule(name)));
    await tested.store.commit([schedule("b", "1"), schedule("b", "2"), schedule("c")]);
    await tested.store.commit([
      { kind: "unschedule", name: "c" },
      { kind: "unschedule", name: "no" },
    ]);
    await tested.store.commit([schedule("d"), { kind: "unschedule", name: "d" }]);
    await tested.store.commit([{ kind: "unschedule", name: "a" }, schedule("a", "3")]);
    await tested.reopen();

    const stored = { name: "b", spec: '{"é":"\u0000"}', input: '"in\u0000put"', state: "2" };
    expect(await tested.store.schedule("b")).toEqual(stored);
    expect((await tested.store.schedule("a"))?.state).toBe("3");
    expect(await tested.store.schedule("c")).toBeUndefined();
    expect(await tested.store.schedule("d")).toBeUndefined();
    const listed = await tested.store.schedules(null, 10);
    expect(listed.map(({ name }) => name)).toEqual(["C", "a", "a-b", "b"]);
    expect(listed[3]).toEqual({ ...stored, input: "" });
    expect((await tested.store.schedules("a", 1)).map(({ name }) => name)).toEqual(["a-b"]);
  });

  test("a schedule changes together with what it starts, or not at all", async () => {
    const schedule = (state: string): StoreWrite => ({
      kind: "schedule",
      schedule: { name: "s", spec: "{}", input: "null", state },
    });
    await tested.store.commit([
      schedule("before"),
      { kind: "create", workflow: storedWorkflow(1) },
    ]);
    const twice = [schedule("after"), { kind: "create", workflow: storedWorkflow(1) }] as const;
    await expect(tested.store.commit(twice)).rejects.toThrow();
    expect((await tested.store.schedule("s"))?.state).toBe("before");
    await tested.store.commit([{ kind: "unschedule", name: "s" }]);
    await expect(
      tested.store.commit([schedule("again"), { kind: "create", workflow: storedWorkflow(1) }]),
    ).rejects.toThrow();
    expect(await tested.store.schedule("s")).toBeUndefined();
  });
}
