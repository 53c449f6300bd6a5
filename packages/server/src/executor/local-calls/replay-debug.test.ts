import { describe, expect, test } from "vitest";
import { memoryModes, TestEngine } from "../../testing/test-engine.ts";

test("nothing is shown or recorded the first time", async () => {
  await using engine = await TestEngine.open();
  const { id } = await engine.startText("replay_debug");
  await engine.end(id);

  expect(engine.logs).toEqual([]);
  expect((await engine.steps(id)).map(({ call }) => call)).toEqual([
    '"GetInput"',
    '{"SendResponse":"null"}',
  ]);
});

describe.each(memoryModes)("$mode", ({ limits }) => {
  test("the line is shown when its part of the workflow is replayed", async () => {
    await using before = await TestEngine.open({ limits });
    const id = await before.launch("all_calls", { url: "http://site", secret: "none" });
    await before.pass(20);
    await before.send(id, "go", { value: "on" });
    const shownBefore = before.logs.filter(({ level }) => level === "debug");

    await using after = await before.restart();
    await after.pass(20);
    await after.end(id);

    const line = { level: "debug", message: "second effect: 200", replaying: true, id };
    expect(shownBefore).toEqual([]);
    expect(after.logs.filter(({ level }) => level === "debug")).toContainEqual(
      expect.objectContaining(line),
    );
    expect(after.logs.filter(({ replaying }) => !replaying).map(({ level }) => level)).toEqual([
      "info",
    ]);
  });
});
